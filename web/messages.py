"""Texts of the chrome that Python needs: words around the content, never words of an edition. Sentences that stand still live in the templates."""

from __future__ import annotations

WEEKDAYS = ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일")

TODAY = "오늘"
DAYS_LATE = "{days}일 지남"
DAYS_LEFT = "D-{days}"
AGE = "만 {years}세"
YES, NO = "예", "아니요"
NOTHING = "-"
WON = "원"

TAB_ERROR = "고칠 곳 {count}"
TAB_DONE = "완료"
TAB_BEGUN = "입력 중"
TAB_BEGUN_OF = "입력 중 {done}/{all}"
TAB_EMPTY = "입력 전"
TAB_NONE = "해당 없음"

NTH_ROW = "{row}번째 줄"
CHOSEN = "선택"
REVEALED_BY_CHOICE = "{title}에서 ‘{choice}’{object} 골라 나타났습니다"
REVEALED_BY_VALUE = "{title} 입력에 따라 나타났습니다"
UNTITLED_TAB = "내용"
FIGURES = "지난 기록과 견주기"
NOW = "지금"

GROUP_LATE, GROUP_TODAY, GROUP_WEEK, GROUP_LATER = "지남", "오늘", "이번 주", "이후"

SAVED_AT = "방금 저장됨 {time}"
FILE_KB = "{size:,} KB"
FILE_MB = "{size:.1f} MB"

ERROR_TITLES = {
    400: "보낸 내용을 읽지 못했습니다",
    401: "로그인이 필요합니다",
    403: "볼 수 없는 내용입니다",
    404: "찾는 내용이 없습니다",
    405: "쓸 수 없는 주소입니다",
    409: "그사이 바뀌었습니다",
    413: "보낸 내용이 너무 큽니다",
    422: "고칠 곳이 있습니다",
    429: "잠시 뒤에 다시 시도하세요",
    500: "처리하지 못했습니다",
    503: "지금은 쓸 수 없습니다",
}
ERROR_HINTS = {
    403: "권한이 필요하면 기관의 권한 담당자에게 요청하세요.",
    404: "주소가 바뀌었거나, 지워졌거나, 볼 권한이 없는 내용입니다.",
    409: "적은 내용은 초안에 있으면 그대로 남아 있습니다. 지금 내용을 확인하고 다시 하세요.",
    413: "파일을 나누거나 줄여서 다시 보내세요.",
    429: "같은 요청이 너무 자주 왔습니다.",
    500: "적은 내용은 초안에 있으면 그대로 남아 있습니다. 잠시 뒤에 다시 하세요.",
}
