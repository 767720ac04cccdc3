//! Why a letter did not arrive, in the shop's words: read out of an SMTP answer or out of a delivery report.

use serde::Serialize;

use super::{Answer, EnhancedCode, Step};
use crate::address::EmailAddress;
use crate::words::{Language, Told, letters};

/// Why a letter was refused, in the shop's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalClass {
    /// There is no such address.
    UnknownAddress,
    /// The customer's own filter or the carrier's refuses us.
    Filtered,
    /// The customer's box is full.
    BoxFull,
    /// The address cannot be written to by this server (quoted local part, non-ASCII).
    Unwritable,
    /// The letter is too large.
    TooLarge,
    /// The receiving provider refuses our address, domain or server, whoever the customer is.
    SenderBlocked,
    /// Trouble at the receiving side that passes.
    Temporary,
    /// No server took it within the whole retry series.
    GaveUp,
    /// None of these.
    Other,
}

/// The local part or its spelling is the trouble.
const UNWRITABLE: &[&str] = &[
    "smtputf8",
    "syntax",
    "bad recipient address",
    "malformed address",
    "bad address",
    "アドレスの形式",
];

const BOX_FULL: &[&str] = &[
    "mailbox full",
    "mailbox is full",
    "mail box is full",
    "mailbox storage exceeded",
    "mailbox size limit",
    "inbox is full",
    "user is full",
    "storage full",
    "over quota",
    "overquota",
    "quota exceeded",
    "exceeded quota",
    "exceeds quota",
    "exceeds its quota",
    "out of quota",
    "quota full",
    "over his quota",
    "over the quota",
    "exceeded storage",
    "exceeds allotted",
    "exceeded the space",
    "insufficient storage",
    "out of storage",
    "not enough storage",
    "too much mail data",
    "メールボックスの容量",
    "メールボックスがいっぱい",
    "メールボックスが一杯",
    "メールボックスは満杯",
    "メールボックスが満杯",
    "受信トレイがいっぱい",
    "受信箱の容量",
    "容量が上限",
    "容量を超え",
    "容量オーバー",
    "容量不足",
    "空き容量",
];

const TOO_LARGE: &[&str] = &[
    "too large",
    "too big",
    "size limit",
    "message size",
    "maximum size",
    "サイズが大き",
    "サイズが制限",
    "サイズの上限",
    "大きすぎ",
];

/// Phrases of receiving systems that refuse us, whoever the customer is.
const SENDER_BLOCKED: &[&str] = &[
    "spamhaus",
    "spamcop",
    "barracuda",
    "blocked using",
    "blacklist",
    "black list",
    "blocklist",
    "block list",
    "blocked list",
    "dnsbl",
    "reputation",
    "your ip",
    "sending ip",
    "banned sending",
    "ip address has been",
    "client host",
    "reverse dns",
    "reverse hostname",
    "ptr record",
    "dynamic ip",
    "sender domain",
    "sender address rejected",
    "sender rejected",
    "sender denied",
    "sender verify failed",
    "does not pass dmarc",
    "dmarc policy",
    "dmarc",
    "spf check",
    "spf fail",
    "failed spf",
    "not pass authentication",
    "unauthenticated",
    "authentication checks",
    "relay access denied",
    "relaying denied",
    "sending limit",
    "送信元サーバ",
    "送信元のサーバ",
    "送信元ip",
    "送信ドメイン認証",
];

const UNKNOWN_ADDRESS: &[&str] = &[
    "user unknown",
    "unknown user",
    "unknown recipient",
    "unknown address",
    "unknown mailbox",
    "unknown account",
    "account unknown",
    "recipient unknown",
    "address unknown",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "no such address",
    "no such account",
    "no such person",
    "no mailbox",
    "not our customer",
    "not a valid",
    "not a known user",
    "not listed in",
    "does not exist",
    "doesn't exist",
    "doesn't have",
    "not exist",
    "not found",
    "wasn't found",
    "couldn't be found",
    "could not be found",
    "couldn't find any host",
    "no longer available",
    "no longer in use",
    "invalid recipient",
    "invalid mailbox",
    "invalid address",
    "mailbox unavailable",
    "mailbox not available",
    "mailbox is disabled",
    "mailbox disabled",
    "account is disabled",
    "account has been disabled",
    "account has been suspended",
    "account is temporarily limited",
    "account that you tried to reach is inactive",
    "unrouteable",
    "unroutable",
    "unknown local part",
    "unknown or illegal alias",
    "recipnotfound",
    "host unknown",
    "unknown host",
    "domain unknown",
    "name service error",
    "存在しません",
    "存在しない",
    "存在しておりません",
    "見つかりません",
    "見つからない",
    "見つからず",
    "登録されていません",
    "登録されておりません",
    "宛先不明",
    "宛先が不明",
    "宛先アドレスに誤り",
    "アドレスが間違",
    "アドレスに間違",
    "アドレスが正しく",
    "リストにありません",
    "利用されていません",
];

/// What docomo and au say of an unknown user, and after the content of one whose filter refuses us.
const FILTERS_WORDS: &[&str] = &["user unknown", "unknown user"];

const FILTERED: &[&str] = &[
    "spam",
    "blocked",
    "rejected",
    "denied",
    "policy",
    "filter",
    "refused",
    "restrict",
    "not authorized",
    "not permitted",
    "受信拒否",
    "拒否",
    "受信設定",
    "受信制限",
    "迷惑メール",
    "フィルタ",
    "ブロック",
    "許可されて",
    "権限がありません",
];

const TEMPORARY: &[&str] = &[
    "try again",
    "temporar",
    "timed out",
    "timeout",
    "connection refused",
    "could not connect",
    "couldn't connect",
    "unreachable",
    "delivery time expired",
    "retry timeout",
    "retry time",
    "too long",
    "queue too long",
    "not within",
    "within the time limit",
    "not delivered within",
    "not responding",
    "lost connection",
    "greylist",
    "graylist",
    "deferred",
    "expired",
    "しばらく",
    "一時的",
    "時間をおいて",
    "タイムアウト",
    "応答がありません",
    "接続できません",
    "期限",
];

impl RefusalClass {
    /// Every class.
    pub const ALL: [RefusalClass; 9] = [
        RefusalClass::UnknownAddress,
        RefusalClass::Filtered,
        RefusalClass::BoxFull,
        RefusalClass::Unwritable,
        RefusalClass::TooLarge,
        RefusalClass::SenderBlocked,
        RefusalClass::Temporary,
        RefusalClass::GaveUp,
        RefusalClass::Other,
    ];

    /// The stable name in the database and in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            RefusalClass::UnknownAddress => "unknown-address",
            RefusalClass::Filtered => "filtered",
            RefusalClass::BoxFull => "box-full",
            RefusalClass::Unwritable => "unwritable",
            RefusalClass::TooLarge => "too-large",
            RefusalClass::SenderBlocked => "sender-blocked",
            RefusalClass::Temporary => "temporary",
            RefusalClass::GaveUp => "gave-up",
            RefusalClass::Other => "other",
        }
    }

    /// The class of a refusal, whether it came as an answer or in a delivery report (then `step` may not be known).
    ///
    /// docomo answers 550 at RCPT TO for an unknown user and 550 after DATA for the customer's filter. au says
    /// `550 <taro@ezweb.ne.jp>: User unknown` for a wrong address and `550 : User unknown`, without the address, for
    /// the filter.
    pub fn of(step: Option<Step>, answer: Answer<'_>) -> RefusalClass {
        Self::judge(step, answer.code, EnhancedCode::parse(answer.text), answer.text)
    }

    /// The class of a refusal of `recipient`, whose address may be the trouble: one that must be written in quotes and
    /// is refused for how it is written (or in words that say nothing else) cannot be reached by mail.
    pub fn of_recipient(step: Step, answer: Answer<'_>, recipient: &EmailAddress) -> RefusalClass {
        let class = Self::of(Some(step), answer);
        let is_quoted = recipient.to_envelope().starts_with('"');
        let says_nothing_else = matches!(class, RefusalClass::Other)
            || (class == RefusalClass::UnknownAddress && !says(&answer.text.to_lowercase(), UNKNOWN_ADDRESS));
        let is_spelling = matches!(answer.code, 500 | 501 | 553 | 555)
            || (EnhancedCode::parse(answer.text).is_none() && says_nothing_else);
        if step == Step::Recipient && is_quoted && is_spelling {
            return RefusalClass::Unwritable;
        }
        class
    }

    /// The class that a report gives: a code and an enhanced code where it has them (0 and `None` where not), and the
    /// words beside them.
    pub(crate) fn of_report(
        step: Option<Step>,
        code: u16,
        enhanced: Option<EnhancedCode>,
        text: &str,
    ) -> RefusalClass {
        let class = Self::judge(step, code, enhanced, text);
        let is_soft =
            code / 100 == 4 || matches!(enhanced, Some(EnhancedCode(4, ..) | EnhancedCode(5, 4, 7 | 300)));
        match class {
            RefusalClass::BoxFull | RefusalClass::SenderBlocked | RefusalClass::TooLarge => class,
            // "Not for now", until the sending server gave up: nothing is said about the address.
            RefusalClass::UnknownAddress if is_soft && says(&text.to_lowercase(), UNKNOWN_ADDRESS) => class,
            _ if is_soft => RefusalClass::Temporary,
            _ => class,
        }
    }

    fn judge(step: Option<Step>, code: u16, enhanced: Option<EnhancedCode>, text: &str) -> RefusalClass {
        let text = text.to_lowercase();
        let says = |phrases: &[&str]| says(&text, phrases);
        let is_from_data = matches!(step, Some(Step::Data | Step::Content));
        let au_filter = ["550 : user unknown", "<>: user unknown"];
        if text.trim_start().starts_with(": user unknown") || says(&au_filter) {
            return RefusalClass::Filtered;
        }
        // docomo: the same words at another step, or with 5.2.0 where a server in between added the code.
        if says(&["unknown user"])
            && (matches!(enhanced, Some(EnhancedCode(5, 2, 0))) || (is_from_data && enhanced.is_none()))
        {
            return RefusalClass::Filtered;
        }
        if let Some(class) = enhanced.and_then(Self::of_enhanced) {
            return class;
        }
        if says(BOX_FULL) {
            return RefusalClass::BoxFull;
        }
        if code == 552 || says(TOO_LARGE) {
            return RefusalClass::TooLarge;
        }
        if !is_from_data && says(SENDER_BLOCKED) {
            return RefusalClass::SenderBlocked;
        }
        if let Some(EnhancedCode(_, 7, _)) = enhanced {
            return RefusalClass::Filtered;
        }
        if matches!(code, 501 | 555) || says(UNWRITABLE) || (code == 553 && !says(UNKNOWN_ADDRESS)) {
            return RefusalClass::Unwritable;
        }
        // Yahoo! JAPAN and others that answer late name the unknown account in other words than docomo's filter.
        let is_plainly_unknown = || {
            let mut plain = UNKNOWN_ADDRESS
                .iter()
                .filter(|words| !FILTERS_WORDS.contains(words));
            plain.any(|words| text.contains(words))
        };
        if is_from_data && !is_plainly_unknown() {
            return RefusalClass::Filtered;
        }
        if says(UNKNOWN_ADDRESS) || matches!(code, 551 | 556) {
            return RefusalClass::UnknownAddress;
        }
        if says(TEMPORARY) {
            return RefusalClass::Temporary;
        }
        if says(FILTERED) {
            return RefusalClass::Filtered;
        }
        match (code, step) {
            (550, Some(Step::Recipient)) => RefusalClass::UnknownAddress,
            _ => RefusalClass::Other,
        }
    }

    /// What an enhanced code alone says: RFC 3463 and its registry, and the codes that Exchange gives beyond them.
    /// 5.7.1 and its like are left to the words beside them.
    fn of_enhanced(code: EnhancedCode) -> Option<RefusalClass> {
        match (code.1, code.2) {
            (1, 7 | 8) => Some(RefusalClass::SenderBlocked),
            (1, 0 | 1 | 2 | 6 | 10 | 351) | (2, 1) | (4, 1 | 4 | 310) if code.0 == 5 => {
                Some(RefusalClass::UnknownAddress)
            }
            (1, 1 | 2 | 6 | 10) => Some(RefusalClass::UnknownAddress),
            (1, 3) | (6, 7 | 9 | 10) => Some(RefusalClass::Unwritable),
            (2, 2) | (3, 1) => Some(RefusalClass::BoxFull),
            (2, 3) | (3, 4) => Some(RefusalClass::TooLarge),
            (4, 7 | 300 | 316) => Some(RefusalClass::Temporary),
            (7, 20..=27 | 57..=64 | 501..=511 | 515 | 606..=649 | 700..=760) => {
                Some(RefusalClass::SenderBlocked)
            }
            _ => None,
        }
    }
}

fn says(lower_case: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| lower_case.contains(phrase))
}

impl std::str::FromStr for RefusalClass {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        RefusalClass::ALL
            .into_iter()
            .find(|class| class.as_str() == text)
            .ok_or(())
    }
}

impl Told for RefusalClass {
    fn what(&self, language: Language) -> String {
        match self {
            RefusalClass::UnknownAddress => letters::refused_unknown(language),
            RefusalClass::Filtered => letters::refused_filtered(language),
            RefusalClass::BoxFull => letters::refused_box_full(language),
            RefusalClass::Unwritable => letters::refused_unwritable(language),
            RefusalClass::TooLarge => letters::refused_too_large(language),
            RefusalClass::SenderBlocked => letters::refused_sender_blocked(language),
            RefusalClass::Temporary => letters::refused_temporary(language),
            RefusalClass::GaveUp => letters::refused_gave_up(language),
            RefusalClass::Other => letters::refused_other(language),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        Some(match self {
            RefusalClass::UnknownAddress => letters::refused_unknown_advice(language),
            RefusalClass::Filtered => letters::refused_filtered_advice(language),
            RefusalClass::BoxFull => letters::refused_box_full_advice(language),
            RefusalClass::TooLarge => letters::refused_too_large_advice(language),
            RefusalClass::SenderBlocked => letters::refused_sender_blocked_advice(language),
            RefusalClass::Temporary => letters::refused_temporary_advice(language),
            RefusalClass::Unwritable | RefusalClass::GaveUp | RefusalClass::Other => {
                letters::refused_tell_number(language)
            }
        })
    }
}
