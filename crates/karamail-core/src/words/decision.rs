//! Words about decisions: what was done with a mail and why, as a shop assistant reads it.

use super::{Language, Told, words};
use crate::decide::{Decision, DuplicateAction, Outcome, Reason};

/// What was done.
impl Told for Outcome {
    fn what(&self, language: Language) -> String {
        match self {
            Outcome::SelfTest => outcome_self_test(language),
            Outcome::Receipt => outcome_receipt(language),
            Outcome::Duplicate(action) => action.what(language),
            Outcome::OptOut => outcome_opt_out(language),
            Outcome::Forward => outcome_forward(language),
            Outcome::Archive => outcome_archive(language),
            Outcome::Hold => outcome_hold(language),
            Outcome::Backlog => outcome_backlog(language),
        }
    }
}

/// What is done for an address with a number.
impl Told for DuplicateAction {
    fn what(&self, language: Language) -> String {
        match self {
            DuplicateAction::Repeat => duplicate_repeat(language),
            DuplicateAction::Ignore => duplicate_ignore(language),
            DuplicateAction::NewNumber => duplicate_new_number(language),
        }
    }
}

/// Why, and what the shop can do about it.
impl Told for Reason {
    fn what(&self, language: Language) -> String {
        match self {
            Reason::Signup => signup(language),
            Reason::KnownAddress => known_address(language),
            Reason::NullReturnPath => null_return_path(language),
            Reason::NoSender => no_sender(language),
            Reason::Ourselves => ourselves(language),
            Reason::AutoSubmitted => auto_submitted(language),
            Reason::List => list(language),
            Reason::Precedence => precedence(language),
            Reason::Suppress => suppress(language),
            Reason::AutoReplyHeader => auto_reply_header(language),
            Reason::Report => report(language),
            Reason::MachineSender => machine_sender(language),
            Reason::Loop => mail_loop(language),
            Reason::NotAddressed => not_addressed(language),
            Reason::SubjectNotEmpty => subject_not_empty(language),
            Reason::OptOut => opt_out(language),
            Reason::Blocked => blocked(language),
            Reason::SpfFail => spf_fail(language),
            Reason::DmarcFail => dmarc_fail(language),
            Reason::RateLimitAddress => rate_limit_address(language),
            Reason::RateLimitMailbox => rate_limit_mailbox(language),
            Reason::Backlog => backlog(language),
            Reason::ShopWordMissing => shop_word_missing(language),
            Reason::UidlsChanged => uidls_changed(language),
            Reason::HeaderRefused => header_refused(language),
            Reason::MailRefused => mail_refused(language),
            Reason::CannotBeHandled => cannot_be_handled(language),
            Reason::SelfTest => self_test(language),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            Reason::Suppress => Some(advice_suppress(language)),
            Reason::NotAddressed => Some(advice_not_addressed(language)),
            Reason::SubjectNotEmpty => Some(advice_subject_not_empty(language)),
            Reason::Blocked => Some(advice_blocked(language)),
            Reason::SpfFail | Reason::DmarcFail => Some(advice_spoofed(language)),
            Reason::RateLimitAddress | Reason::RateLimitMailbox => Some(advice_rate_limit(language)),
            Reason::Backlog | Reason::UidlsChanged => Some(advice_backlog(language)),
            Reason::ShopWordMissing => Some(advice_shop_word(language)),
            Reason::HeaderRefused | Reason::MailRefused | Reason::CannotBeHandled => {
                Some(advice_put_aside(language))
            }
            Reason::Signup
            | Reason::OptOut
            | Reason::KnownAddress
            | Reason::NullReturnPath
            | Reason::NoSender
            | Reason::Ourselves
            | Reason::AutoSubmitted
            | Reason::List
            | Reason::Precedence
            | Reason::AutoReplyHeader
            | Reason::Report
            | Reason::MachineSender
            | Reason::Loop
            | Reason::SelfTest => None,
        }
    }
}

/// First why, then what was done.
impl Told for Decision {
    fn what(&self, language: Language) -> String {
        let (why, done) = (self.reason.what(language), self.outcome.what(language));
        match language {
            Language::Japanese => format!("{why}{done}"),
            Language::English => format!("{why} {done}"),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        self.reason.what_to_do(language)
    }
}

words! {
    /// Outcome: self-test.
    fn outcome_self_test() {
        ja: "テスト画面に結果を表示します。",
        en: "The result is shown on the test screen.",
    }
    /// Outcome: receipt.
    fn outcome_receipt() {
        ja: "受付番号を発行し、受付完了メールを送ります。",
        en: "It gets a receipt number and a receipt.",
    }
    /// Outcome: duplicate, repeat reply.
    fn duplicate_repeat() {
        ja: "前と同じ受付番号を返信メールでお知らせします。",
        en: "The same number as before is sent again.",
    }
    /// Outcome: duplicate, ignored.
    fn duplicate_ignore() {
        ja: "設定により返信しません。",
        en: "By the settings it gets no reply.",
    }
    /// Outcome: duplicate, new number.
    fn duplicate_new_number() {
        ja: "設定により新しい受付番号を発行します。",
        en: "By the settings it gets one more number.",
    }
    /// Outcome: opt-out.
    fn outcome_opt_out() {
        ja: "受付番号に退会の印を付けます。番号はそのまま残ります。",
        en: "Its number is marked as left; the number stays.",
    }
    /// Outcome: forward.
    fn outcome_forward() {
        ja: "対象外メールの送信先へ転送し、サーバから削除します。",
        en: "It is forwarded to the address for other mail and then deleted from the server.",
    }
    /// Outcome: archive.
    fn outcome_archive() {
        ja: "このパソコンに保管し、サーバから削除します。",
        en: "It is kept on this PC and deleted from the server.",
    }
    /// Outcome: hold.
    fn outcome_hold() {
        ja: "受付番号を発行せずに保留しました。",
        en: "It is held without a number.",
    }
    /// Outcome: backlog.
    fn outcome_backlog() {
        ja: "処理せずにサーバに残しました。",
        en: "It was left on the server as it is.",
    }
}

words! {
    /// Reason: signup.
    fn signup() {
        ja: "お客様からの空メールです。",
        en: "This is an empty mail from a customer.",
    }
    /// Reason: known-address.
    fn known_address() {
        ja: "すでに受付番号のあるアドレスからの空メールです。",
        en: "This is an empty mail from an address that has a number already.",
    }
    /// Reason: null-return-path.
    fn null_return_path() {
        ja: "配信エラーなどの通知メール(差出人への返送先なし)のため返信しません。",
        en: "This is a notice from a mail system that wants no reply (it has no return address), so it is not answered.",
    }
    /// Reason: no-sender.
    fn no_sender() {
        ja: "差出人のメールアドレスがない、読み取れない、または複数あるため返信できません。",
        en: "The sender's address is missing, cannot be read, or is more than one, so it cannot be answered.",
    }
    /// Reason: ourselves.
    fn ourselves() {
        ja: "このシステムで使っているメールアドレスから届いたメールのため返信しません。",
        en: "This mail comes from one of our own addresses, so it is not answered.",
    }
    /// Reason: auto-submitted.
    fn auto_submitted() {
        ja: "自動送信されたメール(自動返信など)のため返信しません。",
        en: "This mail was sent by a program (an automatic reply, for example), so it is not answered.",
    }
    /// Reason: list.
    fn list() {
        ja: "メーリングリストやメールマガジンのため返信しません。",
        en: "This mail comes from a mailing list or a newsletter, so it is not answered.",
    }
    /// Reason: precedence.
    fn precedence() {
        ja: "一斉送信または自動返信のメールのため返信しません。",
        en: "This mail is a mass mailing or an automatic reply, so it is not answered.",
    }
    /// Reason: suppress.
    fn suppress() {
        ja: "自動返信を断る指定のあるメールのため返信しません。",
        en: "This mail asks for no automatic reply, so it is not answered.",
    }
    /// Reason: auto-reply-header.
    fn auto_reply_header() {
        ja: "自動返信メールのため返信しません。",
        en: "This is an automatic reply, so it is not answered.",
    }
    /// Reason: report.
    fn report() {
        ja: "配信エラーや開封確認などの報告メールのため返信しません。",
        en: "This is a report on another mail (not delivered, or opened), so it is not answered.",
    }
    /// Reason: machine-sender.
    fn machine_sender() {
        ja: "差出人がメールシステムや送信専用アドレスのため返信しません。",
        en: "The sender is a mail system or an address that takes no replies, so it is not answered.",
    }
    /// Reason: loop.
    fn mail_loop() {
        ja: "こちらから送ったメールへの返信、または送ったメールが戻ってきたものなので返信しません。",
        en: "This mail answers one of ours, or is one of ours coming back, so it is not answered.",
    }
    /// Reason: not-addressed.
    fn not_addressed() {
        ja: "宛先に受付用のメールアドレスがないため返信しません。",
        en: "Our address is not among its recipients, so it is not answered.",
    }
    /// Reason: subject-not-empty.
    fn subject_not_empty() {
        ja: "件名が入力されているので空メールではありません。",
        en: "It has a subject, so it is no empty mail.",
    }
    /// Reason: opt-out.
    fn opt_out() {
        ja: "件名が退会の言葉です。",
        en: "Its subject is a word by which people leave.",
    }
    /// Reason: blocked.
    fn blocked() {
        ja: "受付を拒否する設定のアドレスから届きました。",
        en: "It comes from an address that the settings block.",
    }
    /// Reason: spf-fail.
    fn spf_fail() {
        ja: "差出人のアドレスが偽られている疑いがあります(SPF認証に失敗)。",
        en: "The sender's address may be forged (SPF failed).",
    }
    /// Reason: dmarc-fail.
    fn dmarc_fail() {
        ja: "差出人のアドレスが偽られている疑いがあります(DMARC認証に失敗)。",
        en: "The sender's address may be forged (DMARC failed).",
    }
    /// Reason: rate-limit-address.
    fn rate_limit_address() {
        ja: "同じアドレスから短い時間に何通も届いたため、返信を止めています。",
        en: "Too many mails came from this address in a short time, so replies to it have stopped.",
    }
    /// Reason: rate-limit-mailbox.
    fn rate_limit_mailbox() {
        ja: "1時間に返信できる数の上限に達したため、返信を止めています。",
        en: "The limit of replies in an hour is reached, so replies have stopped.",
    }
    /// Reason: backlog.
    fn backlog() {
        ja: "使い始める前に届いていた古いメールです。",
        en: "This mail is older than the first use of this mailbox.",
    }
    /// Reason: shop-word-missing.
    fn shop_word_missing() {
        ja: "設定した合言葉が書かれていません。",
        en: "It does not say the shop word that the settings ask for.",
    }
    /// Reason: uidls-changed.
    fn uidls_changed() {
        ja: "サーバのメールの識別番号がすべて変わった日に見つかった、見覚えのないメールです。",
        en: "It was found on a day when the server gave every mail a new id, and was not recognised.",
    }
    /// Reason: header-refused.
    fn header_refused() {
        ja: "サーバがこのメールの見出し部分を何度も渡さなかったため、別に分けました。",
        en: "The server refused to hand out its header again and again, so it was put aside.",
    }
    /// Reason: mail-refused.
    fn mail_refused() {
        ja: "サーバがこのメールの本文を何度も渡さなかったため、別に分けました。",
        en: "The server refused to hand it out whole again and again, so it was put aside.",
    }
    /// Reason: cannot-be-handled.
    fn cannot_be_handled() {
        ja: "このメールの処理中にプログラムの不具合が起きたため、別に分けました。",
        en: "Working on it met a fault of this program, so it was put aside.",
    }
    /// Reason: self-test.
    fn self_test() {
        ja: "動作確認のために送ったテストメールです。",
        en: "This is our own test mail.",
    }
}

words! {
    /// Advice for suppress.
    fn advice_suppress() {
        ja: "お客様ご本人のメールであれば、別のアドレスから空メールを送っていただいてください。",
        en: "If a customer wrote it, ask for an empty mail from another address.",
    }
    /// Advice for not-addressed.
    fn advice_not_addressed() {
        ja: "転送されたメールも受け付ける場合は、設定で「宛先の確認」を切ってください。",
        en: "To take forwarded mail too, switch off the check of recipients in the settings.",
    }
    /// Advice for subject-not-empty.
    fn advice_subject_not_empty() {
        ja: "登録をご希望のお客様には、件名を空にして送り直していただいてください。",
        en: "If a customer wants to register, ask for a mail without a subject.",
    }
    /// Advice for blocked.
    fn advice_blocked() {
        ja: "受け付けるには、設定の拒否リストから外してください。",
        en: "To accept it, take it off the block list in the settings.",
    }
    /// Advice for spf-fail and dmarc-fail.
    fn advice_spoofed() {
        ja: "お客様ご本人と確認できたら、「確認待ちのメール」の画面で受け付けてください。",
        en: "When you are sure that the customer sent it, take it on the screen of waiting mails.",
    }
    /// Advice for the rate limits.
    fn advice_rate_limit() {
        ja: "問題がなければ、「確認待ちのメール」の画面で受け付けてください。",
        en: "If all is well, take it on the screen of waiting mails.",
    }
    /// Advice for shop-word-missing.
    fn advice_shop_word() {
        ja: "お客様からの登録と確認できたら、「確認待ちのメール」の画面で受け付けてください。",
        en: "When you are sure that a customer sent it, release it.",
    }
    /// Advice for mails that were put aside.
    fn advice_put_aside() {
        ja: "メールソフトやWebメールで内容を確かめ、「確認待ちのメール」の画面でもう一度試すか、捨てるかを選んでください。",
        en: "Look at it in a mail program or webmail, then release it (it is tried again) or discard it.",
    }
    /// Advice for backlog.
    fn advice_backlog() {
        ja: "受け付けるか、そのままにするか、削除するかを「確認待ちのメール」の画面で選んでください。",
        en: "Choose on the screen of waiting mails whether to take, leave or delete such mails.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_and_reason_is_told_in_both_languages_and_no_two_alike() {
        for language in [Language::Japanese, Language::English] {
            let reasons: Vec<String> = Reason::ALL.iter().map(|reason| reason.told(language)).collect();
            let outcomes: Vec<String> = Outcome::ALL
                .iter()
                .map(|outcome| outcome.told(language))
                .collect();
            let actions: Vec<String> = DuplicateAction::ALL
                .iter()
                .map(|action| action.told(language))
                .collect();
            for sentences in [reasons, outcomes, actions] {
                let mut different = sentences.clone();
                different.sort();
                different.dedup();
                assert_eq!(different.len(), sentences.len(), "{sentences:?}");
                assert!(
                    sentences.iter().all(|text| text.ends_with(['。', '.'])),
                    "{sentences:?}"
                );
            }
        }
    }

    #[test]
    fn a_decision_is_told_as_why_and_what_was_done() {
        let decision = Decision {
            outcome: Outcome::Archive,
            reason: Reason::AutoReplyHeader,
        };
        let told = decision.told(Language::Japanese);
        assert_eq!(
            told,
            "自動返信メールのため返信しません。このパソコンに保管し、サーバから削除します。"
        );
    }
}
