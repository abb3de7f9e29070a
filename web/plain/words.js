/* Everything the page says. Both catalogs have the same keys; {0} stands for a value. */
'use strict';
const WORDS = {
	en: {
		search: 'Search', searchHint: 'Search: every word must stand in one portion', language: 'Language', theme: 'Theme',
		themeAuto: 'As the system', themeDark: 'Dark', themeLight: 'Light', signOut: 'Sign out',
		user: 'User', password: 'Password', signIn: 'Sign in', byCertificate: 'With my certificate',
		signInFailed: 'Sign-in failed. Check name and password.', certificateFailed: 'No certificate that this node knows was shown.',
		ended: 'The session has ended. Sign in again; the page stays as it is.', noAnswer: 'The node does not answer. Try again in a moment.',
		newest: 'Newest', found: 'Found: {0}', nothing: 'Nothing found that you may see.', more: 'More',
		missing: 'There is no such object.', close: 'Close', from: 'from {0}', modified: 'changed {0}', admitted: 'here since {0}',
		own: 'of this nation', all: 'All', exercise: 'EXERCISE {0}', unmarked: 'UNMARKED', loading: 'Reading…',
		keys: '/ search · ↑ ↓ results · Enter open · Esc close', attachment: 'Attachment', reference: 'Refers to',
	},
	ko: {
		search: '검색', searchHint: '검색: 모든 단어가 한 부분 안에 있어야 합니다', language: '언어', theme: '화면',
		themeAuto: '시스템 설정', themeDark: '어둡게', themeLight: '밝게', signOut: '로그아웃',
		user: '사용자', password: '비밀번호', signIn: '로그인', byCertificate: '인증서로 로그인',
		signInFailed: '로그인하지 못했습니다. 이름과 비밀번호를 확인하십시오.', certificateFailed: '이 노드가 아는 인증서가 제시되지 않았습니다.',
		ended: '세션이 끝났습니다. 다시 로그인하십시오. 화면은 그대로 있습니다.', noAnswer: '노드가 응답하지 않습니다. 잠시 후 다시 시도하십시오.',
		newest: '최신', found: '검색 결과: {0}', nothing: '볼 수 있는 결과가 없습니다.', more: '더 보기',
		missing: '그런 객체가 없습니다.', close: '닫기', from: '출처 {0}', modified: '변경 {0}', admitted: '수신 {0}',
		own: '자국 작성', all: '전체', exercise: '연습 {0}', unmarked: '표시 없음', loading: '읽는 중…',
		keys: '/ 검색 · ↑ ↓ 결과 · Enter 열기 · Esc 닫기', attachment: '첨부', reference: '참조',
	},
};
