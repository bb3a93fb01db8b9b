"""The worked example of the dialect, as printed there: one form that uses most of the language."""

from __future__ import annotations

import json
from datetime import date

from engine.spec.codes import parse_list
from engine.spec.form import compile_form

ON = date(2024, 11, 22)
FACTS = {"case": {"생년월일": date(2006, 12, 5), "최종학력": "고졸"}, "today": ON}
CODES = {
    "consent": ["동의", "미동의"],
    "exit-reason": ["만기종료", "연장종료", "중간종료", "일시중지"],
    "education": ["고졸", "대졸"],
    "apply": ["신청", "미신청"],
    "employed": ["취업", "미취업"],
    "job-field": ["사무", "서비스"],
    "income": ["100만원 미만", "100만원 이상"],
    "exit-type": ["전원", "귀가"],
    "facility-kind": ["시설", "가정"],
    "pause-reason": ["군입대", "기타"],
}
LISTS = {name: parse_list({"title": name, "items": [{"code": c, "label": c} for c in codes]}, name, f"forms/lists/{name}.json") for name, codes in CODES.items()}
#: The file as printed in section 5 of the dialect.
SOURCE = """\
{ "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:didimdol:form:exit:2025", "x-dialect": 1,
  "x-screen": { "title": "보호종료관리", "from": "2025-01-01", "manual": { "doc": "매뉴얼2024", "page": 32 } },
  "type": "object", "additionalProperties": false,
  "required": ["종료일", "사후관리동의여부", "보호종료사유", "대상자학력"],
  "properties": {
    "종료일": { "title": "종료일", "type": "string", "format": "date", "x-help": { "text": "아동의 보호종료일", "manual": { "page": 34 } } },
    "만나이": { "title": "나이(만)", "type": "integer", "readOnly": true, "x-calc": "만나이(case.생년월일, 종료일)" },
    "사후관리동의여부": { "title": "사후관리 동의여부", "$ref": "urn:didimdol:code:consent" },
    "보호종료사유": { "title": "보호종료사유", "$ref": "urn:didimdol:code:exit-reason" },
    "대상자학력": { "title": "대상자 학력", "$ref": "urn:didimdol:code:education", "x-prefill": "case.최종학력" },
    "자립정착금": { "title": "자립정착금", "type": "integer", "minimum": 0, "x-ui": { "unit": "원" } },
    "자립수당신청여부": { "title": "자립수당", "$ref": "urn:didimdol:code:apply" },
    "자립수당미신청사유": { "title": "자립수당 미신청 사유", "type": "string", "maxLength": 200 },
    "사용계획": { "title": "자립정착금 사용계획", "type": "array", "minItems": 1, "maxItems": 30, "x-total": ["금액"],
      "items": { "type": "object", "additionalProperties": false, "required": ["사용용도", "금액", "사용시작일"],
        "properties": { "사용용도": { "title": "사용용도", "type": "string" }, "금액": { "title": "금액", "type": "integer", "minimum": 1 },
          "사용시작일": { "title": "사용시작일", "type": "string", "format": "date" }, "사용종료일": { "title": "사용종료일", "type": "string", "format": "date" } },
        "x-checks": [ { "id": "사용기간", "rule": "사용시작일 <= 사용종료일", "at": "사용종료일", "message": "사용종료일은 사용시작일보다 빠를 수 없습니다." } ] } },
    "종료상세": { "title": "연장종료/만기종료", "type": "object", "additionalProperties": false, "required": ["취업여부"],
      "properties": {
        "취업여부": { "title": "취업여부", "$ref": "urn:didimdol:code:employed" },
        "취업정보": { "title": "취업정보", "type": "object", "additionalProperties": false, "required": ["직장명", "취업분야", "소득"],
          "properties": { "직장명": { "title": "직장명", "type": "string", "maxLength": 100 }, "취업분야": { "title": "취업분야", "$ref": "urn:didimdol:code:job-field" },
            "소득": { "title": "소득", "$ref": "urn:didimdol:code:income" },
            "직장전화번호": { "title": "직장전화번호", "type": "string", "pattern": "^0[0-9]{1,2}-[0-9]{3,4}-[0-9]{4}$", "x-messages": { "pattern": "전화번호는 02-123-4567 형식으로 입력하세요." } } } },
        "희망분야": { "title": "희망분야", "$ref": "urn:didimdol:code:job-field" } },
      "allOf": [
        { "x-id": "취업", "if": { "required": ["취업여부"], "properties": { "취업여부": { "const": "취업" } } },
          "then": { "required": ["취업정보"] }, "else": { "properties": { "취업정보": false } } },
        { "x-id": "미취업", "if": { "required": ["취업여부"], "properties": { "취업여부": { "const": "미취업" } } },
          "then": { "required": ["희망분야"] }, "else": { "properties": { "희망분야": false } } } ] },
    "중간종료": { "title": "중간종료", "type": "object", "additionalProperties": false, "required": ["종료형태"],
      "properties": { "종료형태": { "title": "종료형태", "$ref": "urn:didimdol:code:exit-type" },
        "전원정보": { "title": "전원정보", "type": "object", "additionalProperties": false, "required": ["시설구분", "시설명"],
          "properties": { "시설구분": { "title": "시설구분", "$ref": "urn:didimdol:code:facility-kind" },
            "시설명": { "title": "시설명", "type": "string", "x-ui": { "widget": "lookup", "source": "facility", "with": ["시설구분"] } } } } },
      "allOf": [ { "x-id": "전원", "if": { "required": ["종료형태"], "properties": { "종료형태": { "const": "전원" } } },
          "then": { "required": ["전원정보"] }, "else": { "properties": { "전원정보": false } } } ] },
    "일시중지": { "title": "일시중지", "type": "object", "additionalProperties": false, "required": ["시작일", "종료예정일", "사유"],
      "properties": { "시작일": { "title": "일시중지 시작일", "type": "string", "format": "date" }, "종료예정일": { "title": "일시중지 종료(예정)일", "type": "string", "format": "date" },
        "사유": { "title": "일시중지 사유", "$ref": "urn:didimdol:code:pause-reason" } },
      "x-checks": [ { "id": "중지기간", "rule": "시작일 <= 종료예정일", "at": "종료예정일", "message": "종료(예정)일은 시작일 이후여야 합니다." } ] } },
  "allOf": [
    { "x-id": "만기·연장", "if": { "required": ["보호종료사유"], "properties": { "보호종료사유": { "enum": ["만기종료", "연장종료"] } } },
      "then": { "required": ["종료상세", "자립정착금", "자립수당신청여부"] }, "else": { "properties": { "종료상세": false, "자립정착금": false, "자립수당신청여부": false } } },
    { "x-id": "중간", "if": { "required": ["보호종료사유"], "properties": { "보호종료사유": { "const": "중간종료" } } }, "then": { "required": ["중간종료"] }, "else": { "properties": { "중간종료": false } } },
    { "x-id": "중지", "if": { "required": ["보호종료사유"], "properties": { "보호종료사유": { "const": "일시중지" } } }, "then": { "required": ["일시중지"] }, "else": { "properties": { "일시중지": false } } },
    { "x-id": "미신청", "if": { "required": ["자립수당신청여부"], "properties": { "자립수당신청여부": { "const": "미신청" } } }, "then": { "required": ["자립수당미신청사유"] }, "else": { "properties": { "자립수당미신청사유": false } } },
    { "x-id": "정착금", "if": { "required": ["자립정착금"], "properties": { "자립정착금": { "exclusiveMinimum": 0 } } }, "then": { "required": ["사용계획"] }, "else": { "properties": { "사용계획": false } } } ],
  "x-checks": [ { "id": "정착금합계", "rule": "합계(행.금액 for 행 in 사용계획) == 자립정착금", "at": "자립정착금", "message": "사용계획 금액의 합계가 자립정착금 총액과 같아야 합니다." } ],
  "x-layout": [ { "tab": "기본정보", "fields": ["종료일", "만나이", "사후관리동의여부", "보호종료사유", "대상자학력"] },
    { "tab": "경제상황", "fields": ["자립정착금", "자립수당신청여부", "자립수당미신청사유", "사용계획"] },
    { "tab": "연장종료/만기종료", "fields": ["종료상세"] }, { "tab": "중간종료", "fields": ["중간종료"] }, { "tab": "일시중지", "fields": ["일시중지"] } ],
  "x-list": ["보호종료사유", "종료일", "사후관리동의여부"], "x-print": { "title": "보호종료카드" } }
"""
SCHEMA = json.loads(SOURCE)
FORM = compile_form(SCHEMA, LISTS, "forms/exit.json")
