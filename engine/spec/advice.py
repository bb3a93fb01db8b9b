"""What to do about each kind of finding, for those whose sentence only says what is wrong. A sentence that asks for something itself stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.errors import Finding

_ASKS = "세요"
_NAME = "있는 이름으로 고치거나, 빠진 것을 먼저 만드세요."
_LIST = "목록에 있는 값으로 고치거나, 목록에 그 값을 더하세요."
_SHAPE = "같은 폴더의 다른 파일에서 모양을 보고 고치세요."
_ONE = "하나만 남기고 지우거나, 하나의 이름을 바꾸세요."
_NOT_HERE = "지우거나, 쓸 수 있는 것으로 바꾸세요."

WHAT_TO_DO = {
    "approval-incomplete": "빠진 속성을 더하세요.",
    "bad-expression": "그 자리의 식을 고치세요.",
    "bad-id": "영문 소문자로 시작해 영문, 숫자, 밑줄만으로 적으세요.",
    "bad-name": "이름에서 빈칸과 기호를 빼세요.",
    "bad-timer": "경계 사건의 '멈춤'을 끄거나, 되풀이를 빼고 한 번으로 적으세요.",
    "boundary-without-host": "사건을 사용자 작업이나 하위 절차의 테두리에 옮기세요.",
    "branch-form": _SHAPE,
    "branch-id": "x-id에 이 화면에 하나뿐인 이름을 적으세요.",
    "calc-form": "x-calc를 지우고, 그 안의 항목에 하나씩 적으세요.",
    "calc-not-readonly": "readOnly: true를 적으세요.",
    "call-circle": "부르는 자리 하나를 지우세요.",
    "check-form": _SHAPE,
    "code-dangling": "위 코드를 그 목록에 더하거나, parent를 고치세요.",
    "code-duplicate": _ONE,
    "code-period": "from과 to의 날짜를 고치세요.",
    "constant-not-in-list": _LIST,
    "cycle": "돌고 도는 것 가운데 하나가 나머지를 읽지 않게 고치세요.",
    "dangling-flow": "흐름을 있는 단계에 잇거나 지우세요.",
    "decision-kind": "판단을 표로 다시 그리세요.",
    "declared-twice": "하나만 남기고 지우세요.",
    "default-with-condition": "그 흐름의 조건을 지우세요.",
    "duplicate-id": _ONE,
    "duplicate-property": "하나만 남기고 지우세요.",
    "event-without-condition": "사건의 속성에 날짜, 기간이나 조건을 적으세요.",
    "field-form": _SHAPE,
    "filter-misfit": "조회 조건의 종류(kind)를 바꾸거나, 맞는 열을 고르세요.",
    "flow-out-of-place": "흐름을 지우고, 끝 앞의 단계나 시작 뒤의 단계에 이으세요.",
    "flow-without-condition": "흐름에 조건을 적거나, 기본 흐름으로 정하세요.",
    "form-dialect": "x-dialect를 1로 적으세요.",
    "form-id": "$id를 그렇게 고치세요.",
    "fx-syntax": "그 자리의 식을 고치세요.",
    "gateway-without-default": "나가는 흐름 하나를 기본 흐름으로 정하세요.",
    "guard-not-collect": "hitPolicy를 COLLECT로 바꾸세요.",
    "guard-unknown-action": "하는 일의 이름을 절차 id나 complete:서식 id처럼 고치세요.",
    "guard-unknown-kind": "기관 종류를 roles.json에 있는 것으로 고치세요.",
    "guard-without-message": "그 줄의 message 칸에 까닭과 할 일을 적으세요.",
    "impossible-range": "작은 값과 큰 값을 바로잡으세요.",
    "lane-without-role": "roles.json에 그 레인을 맡는 역할을 적거나, 레인 이름을 고치세요.",
    "layout-form": "탭마다 이름(tab)과 항목 이름의 목록(fields)을 적으세요.",
    "list-form": _SHAPE,
    "missing-folder": "그 폴더를 만드세요.",
    "never-shown": "숨기는 분기의 조건을 고치거나, 쓰지 않는 항목이면 지우세요.",
    "no-title": "title에 매뉴얼에 적힌 이름을 적으세요.",
    "not-in-layout": "x-layout의 탭 하나에 그 이름을 넣으세요.",
    "not-json": "그 자리의 쉼표, 따옴표, 괄호를 살펴 고치세요.",
    "not-used": _NOT_HERE,
    "object-form": '"type": "object"와 "properties"를 적으세요.',
    "object-open": '"additionalProperties": false를 적으세요.',
    "one-process": "나머지를 다른 파일로 옮기세요.",
    "one-start": "시작 사건 하나만 남기거나, 없으면 그리세요.",
    "oneof-untagged": "x-tag와 각 경우의 const를 적으세요.",
    "pattern-re2": "그 부분을 다른 모양으로 적으세요.",
    "pattern-unanchored": "앞에 ^, 뒤에 $를 붙이세요.",
    "readonly-without-value": "x-calc나 x-prefill을 적거나, readOnly를 지우세요.",
    "required-but-hidden": "두 분기의 조건이 겹치지 않게 고치거나, 한쪽에서 그 항목을 빼세요.",
    "required-derived": "required에서 그 이름을 빼세요.",
    "rule-shape": "모델러에서 표의 열과 칸을 맞추세요.",
    "section-never-required": "보일 때 필수가 되도록, 보이는 분기의 then.required나 위의 required에 그 이름을 적으세요.",
    "spread-of-case": "속성 of에 institution을 적거나, spread와 cases를 지우세요.",
    "step-cannot-end": "그 단계에서 끝 사건에 이르는 흐름을 그리세요.",
    "timer-too-short": "PT1M(1분)보다 길게 적으세요.",
    "timer-unbounded": "R3/P1M처럼 되풀이할 횟수를 적으세요.",
    "too-deep": "안쪽 것을 바깥으로 꺼내 나누어 적으세요.",
    "type-mismatch": "같은 종류의 값끼리 쓰도록 식이나 항목의 종류를 고치세요.",
    "unknown-column": "목록의 열(columns)에 있는 id로 고치세요.",
    "unknown-data": "data에 그 이름을 더하거나, 이름을 고치세요.",
    "unknown-decision": _NAME,
    "unknown-dialect": "x-dialect를 그렇게 고치세요.",
    "unknown-element": _NOT_HERE,
    "unknown-extension": "모델러에서 그 확장을 지우세요.",
    "unknown-field": "서식에 있는 항목 가운데 쓰임에 맞는 것으로 고치세요.",
    "unknown-form": _NAME,
    "unknown-format": "쓸 수 있는 format으로 고치거나 지우세요.",
    "unknown-institution": "시나리오의 given.institutions에 그 기관을 더하거나, 이름을 고치세요.",
    "unknown-key": "이름을 고치거나 그 줄을 지우세요.",
    "unknown-keyword": "키워드를 고치거나 지우세요.",
    "unknown-kind": "roles.json의 역할(kinds)에 있는 기관 종류로 고치세요.",
    "unknown-list": "코드 목록의 이름을 고치거나, forms/lists에 그 목록을 만드세요.",
    "unknown-mark": _NOT_HERE,
    "unknown-name": _NAME,
    "unknown-option": "식이 줄 수 있는 값으로 고치거나 지우세요.",
    "unknown-person": "시나리오의 given.people에 그 사람을 더하거나, 이름을 고치세요.",
    "unknown-process": _NAME,
    "unknown-property": "속성 이름을 고치거나 지우세요.",
    "unknown-ref": "$defs에 그 정의를 더하거나, $ref를 고치세요.",
    "unknown-role": "roles.json에 그 역할을 더하거나, 이름을 고치세요.",
    "unknown-scenario": _NAME,
    "unknown-step": "그 절차에 있는 단계의 id로 고치세요.",
    "unknown-type": "type에 쓸 수 있는 종류를 적으세요.",
    "unknown-value": "쓸 수 있는 값으로 고치세요.",
    "unknown-view": "forms/views에 있는 목록의 이름으로 고치세요.",
    "unknown-widget": "쓸 수 있는 입력 도구로 고치거나 지우세요.",
    "unreachable-branch": "if의 값이나 범위를 고치거나, 쓰지 않는 분기면 지우세요.",
    "vacuous-if": "if의 required에 그 이름을 적으세요.",
    "value-kind": "그 모양의 값을 적으세요.",
    "wrong-id": "파일 이름과 판 이름에 맞게 고치세요.",
    "wrong-kind": "그런 값을 주는 식으로 고치세요.",
    "xml-depth": "겹친 것을 나누어 그리세요.",
    "xml-encoding": "UTF-8로 다시 저장하세요.",
    "xml-nodes": "그림을 여러 절차로 나누세요.",
    "xml-size": "그림을 여러 절차로 나누세요.",
    "xml-syntax": "그 줄을 고치거나, 모델러에서 다시 저장하세요.",
}


def advised(finding: Finding) -> Finding:
    """Give the finding with what to do about it after what is wrong."""
    todo = WHAT_TO_DO.get(finding.id, "")
    if not todo or _ASKS in finding.message:
        return finding
    said = finding.message.rstrip()
    return replace(finding, message=f"{said}{'' if said.endswith(('.', '?', '!')) else '.'} {todo}")
