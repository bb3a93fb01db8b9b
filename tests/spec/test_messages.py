

def test_a_title_that_is_a_sentence_is_quoted():
    from engine.spec.josa import josa

    assert josa("1. 내 옷을 세탁할 수 있다.", "을") == "‘1. 내 옷을 세탁할 수 있다’를"
    assert josa("계획이 있습니까?", "은") == "‘계획이 있습니까?’는"
