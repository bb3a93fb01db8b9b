"""Texts of the office pages that Python needs. Sentences that stand still live in the templates."""

from __future__ import annotations

PEOPLE, NEW_PERSON, ACCESS, CLOSING, EDITIONS = "사용자·권한", "사람 추가", "접속기록", "마감관리", "판 관리"

# -- the first page of who has no cases: what each page of the menu is for
PURPOSES = {
    "people": "사람을 추가하고, 역할을 주고 거두고, 비밀번호를 다시 정합니다.",
    "access": "누가 언제 어디서 누구의 정보를 보았는지 찾아봅니다.",
    "closing": "이 날짜보다 앞선 일은 더 적거나 고치지 못하게 합니다.",
    "editions": "서식과 업무 규칙의 판을 검사해 올리고, 다른 사람이 승인해 시행합니다.",
}
ENDING_TITLE, ENDING_HINT = "곧 끝나는 역할", "{days}일 안에 끝나는 역할을 맡은 사람"
BARE_TITLE, BARE_HINT = "역할이 없는 사람", "로그인해도 할 수 있는 일이 없습니다"
WAITING_TITLE, WAITING_HINT = "승인을 기다리는 판", "올린 사람이 아닌 사람이 승인해야 시행됩니다"
PERSONS, PIECES = "명", "개"

# -- people
ALL, ACTIVE, NO_ROLE, ENDING, DISABLED = "모두", "사용 중", "역할 없음", "곧 끝나는 역할", "사용 중지"
FIRST_DUE, FIRST_LATE = "첫 로그인 전", "첫 비밀번호 만료"
NOW, FROM, UNTIL, OVER, OPEN_END = "지금", "{day}부터", "{day}까지", "끝남", "계속"
YES, NO = "Y", "N"
PERIOD = "{begin} ~ {end}"
GIVEN, TAKEN = "줌", "거둠"
PICK_ROLE, PICK_PLACE, SAY_WHY = "줄 역할을 고르세요.", "기관을 고르세요.", "까닭을 적으세요."
BAD_DAY, NO_DAY = "날짜는 2024-03-01처럼 적으세요.", "날짜를 적으세요."
GRANTED, REVOKED, DISABLED_NOW = "‘{role}’ 역할을 주었습니다.", "‘{role}’ 역할을 거두었습니다.", "{name} 님의 사용을 중지했습니다."
OWN = "자기 자신의 권한은 바꿀 수 없습니다. 다른 권한 담당자에게 요청하세요."
REVOKE_TITLE, REVOKE_LABEL, REVOKE_BUTTON = "‘{role}’ 역할 거두기", "거두는 까닭", "역할 거두기"
REVOKE_WARN = "거두면 곧바로 이 역할로 하던 일을 할 수 없습니다. 까닭은 권한 이력에 남습니다."
DISABLE_TITLE, DISABLE_LABEL, DISABLE_BUTTON = "사용 중지", "중지하는 까닭", "사용 중지"
DISABLE_WARN = "중지하면 곧바로 로그아웃되고, 맡은 역할을 모두 거두며, 비밀번호를 쓸 수 없습니다. 다시 쓰게 하려면 역할을 새로 주어야 합니다."
ADDED, RENEWED, ENABLED = "{name} 님을 추가했습니다", "{name} 님의 비밀번호를 다시 정했습니다", "{name} 님이 다시 쓸 수 있습니다"
PERSON_CRUMB = "사람"

# -- access records: what is kept as a short English word
ACTS = {
    "signin": "로그인", "signin.failed": "로그인 실패", "signin.throttled": "로그인 잠시 막음", "signin.crowded": "로그인 잠시 막음", "signout": "로그아웃",
    "home": "할 일 목록 보기", "task.list": "할 일 목록 보기", "task.view": "할 일 보기", "task.prospect": "새 일 화면 보기", "draft.save": "임시저장",
    "case.view": "{case} 보기", "case.list": "목록 보기", "case.search": "찾기", "case.export": "목록 내려받기", "record.view": "기록 보기",
    "record.list": "기록 목록 보기", "sensitive.reveal": "가린 값 보기", "file.read": "파일 받기", "approval.list": "승인할 요청 보기", "notice.list": "알림 보기",
    "access.view": "접속기록 보기", "closing.write": "마감일 바꾸기", "edition.publish": "판 올리기", "edition.approve": "판 승인",
    "edition.withdraw": "판 철회", "institution.add": "기관 추가", "person.add": "사람 추가", "person.disable": "사용 중지", "person.enable": "다시 사용",
    "password.reset": "비밀번호 다시 정하기", "password.change": "비밀번호 바꾸기", "role.grant": "역할 주기", "role.revoke": "역할 거두기",
    "token.issue": "토큰 발급", "register": "{case} 등록", "start": "일 시작", "complete": "기록 저장", "amend": "기록 고치기", "withdraw": "취소",
    "assign": "맡기기", "scenario.record": "시나리오로 옮기기", "edition.draft": "판 살펴보려고 올리기", "edition.discard": "판 초안 버리기",
    "edition.propose": "판의 시행일과 열린 건 정하기", "study.ask": "판 살펴보기", "impact.view": "시행하면 달라지는 것 보기",
    "replay.view": "지난 기록 다시 읽기", "move.plan": "옮기기 미리 해 보기", "move.begin": "열린 건 옮기기 시작", "move.cases": "옮긴 건 보기",
    "move.undo": "옮기기 되돌리기", "edition.examples": "판이 미칠 건의 번호 보기",
}
REFUSED_ACT = "거절됨"
KINDS = {
    "case": "{case}", "task": "할 일", "record": "기록", "draft": "초안", "file": "파일", "view": "목록", "person": "사람", "edition": "판", "institution": "기관",
    "access": "접속기록",
}
SHORT_ID = "…{end}"
NOBODY = "시스템"

# -- the closing date
CLOSED, OPENED = "마감일을 {day}로 정했습니다.", "마감을 풀었습니다."
SET_BY = "{at} {name} 정함"

# -- editions
STATES = {"in force": ("done", "시행 중"), "approved": ("due", "승인됨"), "waiting": ("today", "승인 대기"), "draft": ("draft", "초안"), "withdrawn": ("none", "철회됨")}
BEFORE, AFTER = "{day}부터 시행", "다음 판이 시행 중"
NO_FILE = "올릴 zip 파일을 고르세요."
CHECKED = "고칠 곳이 없어 초안으로 올렸습니다. 시행하면 무엇이 달라지는지 살펴보고 있습니다."
KNOWN = "같은 내용의 판이 이미 있어 그 판을 보여 드립니다."
PUBLISHED = "승인을 요청했습니다. 다른 사람이 승인하면 {day}부터 시행됩니다."
SETTLED, DISCARDED = "시행일과 열린 건을 정했습니다. 그에 맞추어 다시 살펴봅니다.", "초안을 버렸습니다."
CHOICES = {
    "stay": ("시작한 판에 그대로 두기", "열린 건은 시작한 판으로 마칩니다. 시행한 뒤에도 손으로 옮길 수 있습니다."),
    "move": ("저절로 옮길 수 있는 것만 옮기기", "서 있는 자리가 새 판에도 있는 업무만 옮기고, 나머지는 시작한 판에 남습니다."),
    "mapped": ("없어진 단계의 자리를 정해 옮기기", "없어진 단계에서 기다리는 업무는 아래에서 정한 자리로 옮깁니다."),
}
FITS = {"moves": "저절로 옮겨질 업무", "mapping": "자리를 정해야 할 업무", "stays": "지금 판에 남을 업무"}
CARE_SCENARIOS = "시나리오가 {count}곳에서 어긋납니다."
CARE_UNMAPPED = "열린 업무 {count}개는 옮길 자리를 정하지 않아 시작한 판에 남습니다."
CARE_DRAFTS = "초안 {count}개가 옮겨지면서 답을 잃거나 쓸 곳이 없어집니다."
CARE_STATISTICS = "통계 {count}개는 앞의 판과 견줄 수 없게 됩니다."
CARE_REPLAY = "지난 한 해의 기록 {count}개는 새 판이라면 거절됩니다."
CARE_FAILED = "‘{title}’ 살펴보기를 끝내지 못했습니다."
OWN_TERMS = "시행일이나 열린 건을 어떻게 할지 정한 사람은 승인할 수 없습니다. 다른 사람이 승인해야 합니다."
NO_CHOICE = "열린 건을 어떻게 할지 고르세요."
BY_ITSELF = "시행일에 저절로"
APPROVED = "승인했습니다. {day}부터 시행됩니다."
WITHDRAWN = "판을 철회했습니다."
WITHDRAW_TITLE, WITHDRAW_LABEL, WITHDRAW_BUTTON = "판 철회", "철회하는 까닭", "철회"
WITHDRAW_WARN = "철회하면 이 판으로 새 일을 시작할 수 없습니다. 이미 시작한 일은 이 판으로 마칩니다. 되돌릴 수 없습니다."
OWN_EDITION = "올린 사람은 승인할 수 없습니다. 다른 사람이 승인해야 합니다."
GUIDED, SIDE = "처음부터 끝까지의 과정", "따로 시작하는 일"
EVERYWHERE = "모든 기관"
PERMISSIONS = {
    "case.read": "열람", "case.write": "작성", "case.register": "등록", "task.approve": "승인", "report.read": "통계", "sensitive.read": "가린 값 보기",
    "person.manage": "사용자·권한", "access.read": "접속기록", "closing.write": "마감관리", "edition.read": "판 보기", "edition.write": "판 올리기",
    "edition.approve": "판 승인", "record.import": "자료 들여오기", "scenario.record": "시나리오로 옮기기",
}
SCOPES = {"institution": "자기 기관", "all": "모든 기관", "none": "대상 없음"}

# -- looking at an edition beforehand, and moving what is open
DIFFERENCE, TRIAL, MOVING, MOVES = "달라진 것", "시행 전에 살펴보기", "열린 건 옮기기", "옮기기 기록"
STUDIES = {
    "impact": ("시행하면 달라지는 것", "열려 있는 건과 할 일, 초안, 저장한 기록, 통계가 어떻게 되는지 봅니다."),
    "replay": ("지난 기록 다시 읽기", "지난 한 해의 기록을 이 판으로 다시 읽어, 이제는 거절될 것을 찾습니다."),
    "scenarios": ("시나리오", "시나리오를 모두 돌려 어긋난 곳과 지나지 않은 곳을 찾습니다."),
}
ASKED = "살펴보기를 시작했습니다. 이 화면을 떠나도 이어서 합니다."
WAITING, UNDER_WAY, FAILED = "차례를 기다리는 중", "{total}개 가운데 {done}개", "끝내지 못함"
ON_ITS_WAY = "하는 중"
COVERED = {"flow": "흐름", "branch": "분기", "check": "검사", "guard": "거절 줄", "options": "선택지 묶음"}
CLOSE, STAY, UNDECIDED = "닫기", "지금 판에 두기", "정하지 않음"
PLANNED, BEGUN = "미리 해 봅니다. 아무것도 바뀌지 않습니다.", "옮기기를 시작했습니다. 이 화면을 떠나도 이어서 합니다."
UNDO_BEGUN = "되돌리기를 시작했습니다."
RUN_STATES = {"moving": ("half", "옮기는 중"), "moved": ("done", "옮김"), "undoing": ("half", "되돌리는 중"), "undone": ("back", "되돌림")}
OUTCOMES = {"": "아직", "moved": "옮김", "partly": "일부만 옮김", "stayed": "그대로 둠", "failed": "실패", "undone": "되돌림", "kept": "되돌리지 못함"}
FROM_ALL = "다른 모든 판"
NOT_YET = "{day}부터 시행될 판입니다. 옮기기는 시행된 뒤에 시작할 수 있습니다."
NO_PLAN = "먼저 미리 해 보고 시작하세요."
TRIED_SINCE = "그 사이 다시 미리 해 보았습니다. 아래의 결과를 확인하고 시작하세요."
