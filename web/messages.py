"""Texts of the chrome that Python needs: words around the content, never words of an edition. Sentences that stand still live in the templates."""

from __future__ import annotations

WEEKDAYS = ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일")

TODAY = "오늘"
DAYS_LATE = "{days}일 지남"
DAYS_LEFT = "D-{days}"
AGE = "만 {years}세"
YES, NO = "예", "아니요"
NOTHING = "-"
UNKNOWN_CASE = "(이 기관에 없음)"
WON = "원"

TAB_ERROR = "고칠 곳 {count}"
TAB_DONE = "완료"
TAB_BEGUN = "입력 중"
TAB_BEGUN_OF = "입력 중 {done}/{all}"
TAB_EMPTY = "입력 전"
TAB_NONE = "해당 없음"

ROWS = "{count}줄"
NTH_ROW = "{row}번째 줄"
REVEALED_BY_CHOICE = "{title}에서 ‘{choice}’{object} 골라 나타났습니다"
REVEALED_BY_VALUE = "{title} 입력에 따라 나타났습니다"
UNTITLED_TAB = "내용"
BEFORE = "이전 기록 {day}: {value}"
FIGURES = "지난 기록과 견주기"
NOW = "지금"

GROUP_LATE, GROUP_TODAY, GROUP_WEEK, GROUP_LATER = "지남", "오늘", "이번 주", "이후"

DRAFT_KEPT = "임시저장했습니다. 나중에 이어서 적을 수 있습니다."
SAVED = "저장했습니다."
REGISTERED = "등록했습니다."
AMENDED = "고친 내용을 저장했습니다."
WITHDRAWN = "취소했습니다."
SAVE, REGISTER, AMEND, CONTINUE, BEGIN = "저장", "등록", "고친 내용 저장", "이어서 작성", "작성"
DRAFT_AT = "{at}에 임시저장함"
DRAFT_OWN = "{name} · 임시저장"
TO_CASE = "기록 보기"
MANUAL = "매뉴얼"
MANUAL_PAGE = "{page}쪽 {title}"
PRINT, AMEND_SHORT, WITHDRAW, REVEAL = "출력", "고치기", "기록 취소", "보기"
AMEND_TITLE = "{title} 고치기"
NO_DRAFT = "고치는 내용은 임시저장하지 않습니다. 저장하거나 그대로 두세요."
WITHDRAW_TITLE, WITHDRAW_LABEL = "기록 취소", "취소하는 이유"
WITHDRAW_WARN = "취소한 기록은 지워지지 않고 이유와 함께 남지만, 할 일과 통계에서는 세지 않습니다."
WITHDRAWN_BY = "{at} {name}."
REVEAL_TITLE, REVEAL_LABEL = "{title} 보기", "보는 이유"
REVEAL_WARN = "보는 사람과 시각, 이유가 접속기록에 남습니다."
SAVED_ON = "{at} 저장"
PRINTED = "{edition} · {at} {name} 출력"
FIRST = "처음 저장"
KINDS = {"complete": "저장", "amend": "고침", "withdraw": "취소"}
CASE_CRUMB = "기록"
STEP_DONE, STEP_AHEAD = "마침", "앞으로"
HOME, HOME_TEAM, APPROVALS, REPORTS = "내 할 일", "우리 팀 할 일", "승인 대기", "통계"
DRAFTED, NOT_BEGUN = "초안 있음", "시작 전"
NOTHING_PICKED = "처리할 요청을 고르세요."
SAY_WHY = "반려할 때는 의견을 적으세요."
APPROVED, RETURNED, NOT_DECIDED = "승인됨", "반려됨", "처리 못 함"
APPROVED_WHAT, RETURNED_WHAT = "{what}: 승인했습니다.", "{what}: 의견과 함께 돌려보냈습니다."
PEOPLE_COUNTER, ROW_COUNTER = "명", "건"
RECORD = "기록"
PREVIOUS_PAGE, NEXT_PAGE = "이전", "다음"
RANGE = "{low} ~ {high}"
OPEN_TASK = "열기"
UNTIL = "{words}까지"
STAGE_NOW, STAGE_NOW_UNTIL = "지금", "지금 · {day}까지"
TABS = {"records": "기록", "basic": "기본정보", "flow": "흐름", "process": "과정", "files": "파일"}
YEAR = "{year}년"
EVENTS = {
    "register": "등록", "start": "시작", "complete": "저장", "amend": "고침", "withdraw": "취소", "import": "들여옴", "assign": "맡김", "timer": "때가 되어 열림",
    "case.opened": "등록",
}
EVENT_CLOSED = "모든 단계가 끝남"
ALL, OTHERS = "전체", "그 밖"
EVENT_OWNER = "맡은 사람이 바뀜"
BY_CLOCK = "시스템"
BASIC_NOTE = "{at} {name} 저장"
NO_FILE = "올릴 파일을 고르세요."
SEARCH = "찾기"
HIDDEN = "●●●●●●"
NO_VALUE, TOTAL, SHEET_FIGURES = "값 없음", "합계", "통계"
TEAM, NOBODY, TASKS_OF, TASKS_OF_NOBODY = "우리 팀", "맡은 사람 없음", "{name}의 할 일", "맡은 사람이 없는 할 일"
NOTHING_TO_GIVE, NOBODY_TO_GIVE = "맡길 할 일을 고르세요.", "맡길 사람을 고르세요."
GIVEN, GIVEN_WHAT = "맡김", "{what}: {name}에게 맡겼습니다."
CHART_SAYS = "{title} 차트. 같은 숫자가 아래 표에 있습니다."
BEHIND = "{count:,}건은 오늘 다시 계산하기 전의 값입니다."
VEILED_WRONG = "{title}은(는) 주소에 적을 수 없습니다. 조건에 다시 입력하세요."
SHEET, SHEET_ABOUT, SHEET_ABOUT_HEADS = "목록", "이 파일", ("항목", "내용")
ABOUT_LIST, ABOUT_COUNT, ABOUT_WHO, ABOUT_PLACE = "목록", "줄 수", "내보낸 사람", "소속"
ABOUT_AT, ABOUT_WHY, ABOUT_NUMBER = "내보낸 때", "사유", "일련번호"
EXPORT_TITLES = {"xlsx": "{title} 다운로드", "paper": "{title} 출력"}
EXPORT_BUTTONS = {"xlsx": "파일 받기", "paper": "인쇄 화면 보기"}
LOCK_SHORT = "파일 암호를 {least}자 이상 적으세요."
LOCK_OTHER = "두 번 적은 파일 암호가 다릅니다."
TOO_MUCH_PAPER = "한 번에 {most:,}줄까지 인쇄합니다. 조건을 좁히거나 xlsx로 받으세요."
WATERMARK = "{name} · {place} · {at} · {why} · {number}"
MARKS = {"returned": "반려됨"}
NOTICES = "알림"
#: how a notice looks, its word, its sentence
NOTICE_WORDS = {
    "approved": ("done", "승인됨", "{subject} 승인되었습니다."),
    "returned": ("returned", "반려됨", "{subject} 돌아왔습니다."),
    "given": ("today", "넘겨받음", "이 {case}의 담당이 되었습니다."),
    "assigned": ("today", "맡음", "{title}, 이 일을 맡았습니다."),
}
FILE_KB = "{size:,} KB"
FILE_MB = "{size:.1f} MB"

ERROR_TITLES = {
    400: "보낸 내용을 읽지 못했습니다",
    401: "로그인이 필요합니다",
    403: "볼 수 없는 내용입니다",
    404: "찾는 내용이 없습니다",
    405: "쓸 수 없는 주소입니다",
    409: "지금은 할 수 없습니다",
    413: "보낸 내용이 너무 큽니다",
    422: "고칠 곳이 있습니다",
    429: "잠시 뒤에 다시 시도하세요",
    500: "처리하지 못했습니다",
    503: "지금은 쓸 수 없습니다",
}
ERROR_HINTS = {
    403: "권한이 필요하면 기관의 권한 담당자에게 요청하세요.",
    404: "주소가 바뀌었거나, 지워졌거나, 볼 권한이 없는 내용입니다.",
    409: "지금 내용을 확인하고 다시 하세요.",
    413: "파일을 나누거나 줄여서 다시 보내세요.",
    429: "같은 요청이 너무 자주 왔습니다.",
    500: "적은 내용은 초안에 있으면 그대로 남아 있습니다. 잠시 뒤에 다시 하세요.",
}

# -- the generated manual
MANUAL_SCREENS, MANUAL_RULES, MANUAL_FIRST = "화면", "함께 쓰는 규칙", "처음 화면"
MANUAL_CASE, MANUAL_PROCESS, MANUAL_VIEWS, MANUAL_REPORTS = "상태와 단계", "업무 절차", "목록 화면", "통계"
MANUAL_GUARDS, MANUAL_DECISIONS, MANUAL_CODES, MANUAL_WORDS, MANUAL_ROLES = "할 수 없는 때", "판단표", "코드 목록", "규칙에서 쓰는 말", "역할"
