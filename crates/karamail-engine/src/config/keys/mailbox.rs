//! The sections of a mailbox.

use karamail_core::limits::MAILBOX_NAME_CHARACTERS;

use super::{DUPLICATE, Default, Key, Kind, RECEIPT, Section};

/// Longest login name, characters: an address is 254 bytes at most, and `recent:` may stand before it.
const USER_CHARACTERS: usize = 270;
const PORT: Kind = Kind::Number { min: 1, max: 65_535 };
const SECURITY: Kind = Kind::Choice(&["tls", "starttls", "none"]);

pub(crate) static MAILBOX: Section = Section {
    path: "mailbox",
    repeated: true,
    ja: "受付用のメールボックス。ひとつ以上必要で、いくつでも書けます。",
    en: "A mailbox that takes signups. At least one; as many as you like.",
    keys: &[
        Key {
            name: "name",
            kind: Kind::Line {
                max: MAILBOX_NAME_CHARACTERS,
            },
            default: Default::Follows {
                ja: "アドレスの @ の前",
                en: "the address before its @",
            },
            ja: "画面とログに出る名前。ほかのメールボックスと違うもの。",
            en: "The name in screens and logs; no other mailbox has it.",
        },
        Key {
            name: "enabled",
            kind: Kind::Flag,
            default: Default::Flag(true),
            ja: "収集するか。",
            en: "Whether it takes part in collecting.",
        },
        Key {
            name: "address",
            kind: Kind::Address,
            default: Default::Required,
            ja: "お客様が空メールを送るアドレス。受付完了メールの差出人にもなります。",
            en: "The address that customers write to; receipts come from it.",
        },
        Key {
            name: "aliases",
            kind: Kind::Addresses { entries: 100 },
            default: Default::Nothing,
            ja: "このメールボックスに届くほかのアドレス。",
            en: "Other addresses that end up in this mailbox.",
        },
        Key {
            name: "display_name",
            kind: Kind::Line { max: 100 },
            default: Default::Follows {
                ja: "shop_name と同じ",
                en: "shop_name",
            },
            ja: "差出人として表示される名前。",
            en: "The name beside the address in From.",
        },
        Key {
            name: "reply_to",
            kind: Kind::Address,
            default: Default::Nothing,
            ja: "お客様が受付完了メールに返信したときの宛先。差出人と違うときだけ書きます。",
            en: "Where a customer's answer to a receipt goes, where that is not the address itself.",
        },
        Key {
            name: "signature",
            kind: Kind::Text { max: 2_000 },
            default: Default::Text(""),
            ja: "メールの末尾に付く署名。",
            en: "Text under every receipt.",
        },
        Key {
            name: "forward_to",
            kind: Kind::Address,
            default: Default::Nothing,
            ja: "対象外メールの送信先。受付用のアドレスとは違うもの。書かなければ転送せず、写しを残してサーバーから消します。",
            en: "Where other mail is forwarded; never one of our own addresses. Without it, other mail goes to the archive.",
        },
        Key {
            name: "series",
            kind: Kind::Line {
                max: MAILBOX_NAME_CHARACTERS,
            },
            default: Default::Follows {
                ja: "最初の系列",
                en: "the first series",
            },
            ja: "番号系列の名前。同じ系列のメールボックスは番号を共有します。",
            en: "The number series; mailboxes of one series share its numbers.",
        },
        Key {
            name: "keep",
            kind: Kind::Choice(&["delete", "keep", "days", "when-erased"]),
            default: Default::Text("delete"),
            ja: "処理済みのメールをサーバーから消す時期。delete = すぐ、keep = 消さない、days = keep_days 日後、when-erased = 収集結果でその人を消したとき。",
            en: "When settled mail leaves the server: delete = at once, keep = never, days = after keep_days days, when-erased = when the person is erased in the results.",
        },
        Key {
            name: "keep_days",
            kind: Kind::Number { min: 1, max: 3_650 },
            default: Default::Number(7),
            ja: "keep = \"days\" のときの日数。",
            en: "Days for keep = \"days\".",
        },
    ],
};

pub(crate) static POP3: Section = Section {
    path: "mailbox.pop3",
    repeated: false,
    ja: "受信用設定(POP3)。直前の [[mailbox]] のものです。パスワードは書きません。",
    en: "Where mail is fetched; belongs to the [[mailbox]] above it. No password here.",
    keys: &[
        Key {
            name: "host",
            kind: Kind::Host,
            default: Default::Required,
            ja: "受信サーバー。",
            en: "The POP3 server.",
        },
        Key {
            name: "port",
            kind: PORT,
            default: Default::Follows {
                ja: "security が tls なら 995、starttls と none なら 110",
                en: "995 with security tls, 110 with starttls and none",
            },
            ja: "受信ポート番号。",
            en: "Its port.",
        },
        Key {
            name: "security",
            kind: SECURITY,
            default: Default::Follows {
                ja: "tls。port が 110 なら starttls",
                en: "tls; starttls where port is 110",
            },
            ja: "暗号化。tls = POP over SSL、starttls = STLS、none = 暗号化しない(パスワードが読まれるおそれがあります)。",
            en: "tls = from the first byte, starttls = STLS, none = unprotected: others may read the password.",
        },
        Key {
            name: "user",
            kind: Kind::Line { max: USER_CHARACTERS },
            default: Default::Required,
            ja: "アカウント(ユーザー名)。Gmail では先頭に recent: を付けると、ほかのソフトが先に受信したメールも受け取れます。",
            en: "The login name. With Gmail, recent: before it also shows mail that other programs fetched first.",
        },
        Key {
            name: "authentication",
            kind: Kind::Choice(&[
                "auto",
                "user-pass",
                "apop",
                "plain",
                "login",
                "cram-md5",
                "xoauth2",
            ]),
            default: Default::Text("auto"),
            ja: "認証の方法。auto はサーバーに合わせて選びます。",
            en: "How to log in; auto takes the best that the server offers.",
        },
        Key {
            name: "connect_timeout_seconds",
            kind: Kind::Number { min: 1, max: 300 },
            default: Default::Number(20),
            ja: "接続を待つ時間(秒)。",
            en: "Seconds for connecting and the TLS handshake.",
        },
        Key {
            name: "read_timeout_seconds",
            kind: Kind::Number { min: 1, max: 600 },
            default: Default::Number(60),
            ja: "サーバーの応答を待つ時間(秒)。",
            en: "Seconds for each answer of the server.",
        },
        Key {
            name: "session_timeout_seconds",
            kind: Kind::Number { min: 10, max: 86_400 },
            default: Default::Number(1_800),
            ja: "1 回の受信全体の時間(秒)。",
            en: "Seconds for one whole session.",
        },
        Key {
            name: "largest_mail_megabytes",
            kind: Kind::Number { min: 1, max: 2_000 },
            default: Default::Number(150),
            ja: "これより大きいメールは本文まで受信しません(1 MB = 1,048,576 バイト)。",
            en: "Mail larger than this is never fetched whole (1 MB = 1,048,576 bytes).",
        },
        EXTRA_CA_FILE,
        SAVE_PASSWORD,
    ],
};

const EXTRA_CA_FILE: Key = Key {
    name: "extra_ca_file",
    kind: Kind::File,
    default: Default::Nothing,
    ja: "システムのもののほかに信頼する証明書の PEM ファイル。",
    en: "A PEM file of certificates to trust beside the system's.",
};
const SAVE_PASSWORD: Key = Key {
    name: "save_password",
    kind: Kind::Flag,
    default: Default::Flag(true),
    ja: "パスワードを保存するか。false なら起動のたびに尋ねます。",
    en: "Whether the password may be kept; with false it is asked for at every start.",
};

pub(crate) static SMTP: Section = Section {
    path: "mailbox.smtp",
    repeated: false,
    ja: "送信用設定(SMTP)。直前の [[mailbox]] のものです。パスワードは書きません。",
    en: "Where mail is sent; belongs to the [[mailbox]] above it. No password here.",
    keys: &[
        Key {
            name: "host",
            kind: Kind::Host,
            default: Default::Required,
            ja: "送信サーバー。",
            en: "The SMTP server.",
        },
        Key {
            name: "port",
            kind: PORT,
            default: Default::Follows {
                ja: "security が tls なら 465、starttls なら 587、none なら 25",
                en: "465 with security tls, 587 with starttls, 25 with none",
            },
            ja: "送信ポート番号。",
            en: "Its port.",
        },
        Key {
            name: "security",
            kind: SECURITY,
            default: Default::Follows {
                ja: "tls。port が 587 か 25 なら starttls",
                en: "tls; starttls where port is 587 or 25",
            },
            ja: "暗号化。tls = SMTP over SSL、starttls = STARTTLS、none = 暗号化しない(パスワードが読まれるおそれがあります)。",
            en: "tls = from the first byte, starttls = STARTTLS, none = unprotected: others may read the password.",
        },
        Key {
            name: "authentication",
            kind: Kind::Choice(&["password", "pop-before-smtp", "none"]),
            default: Default::Text("password"),
            ja: "password = SMTP認証、pop-before-smtp = POP認証、none = 認証しない。",
            en: "password = SMTP AUTH, pop-before-smtp = a POP3 login just before, none = nothing.",
        },
        Key {
            name: "mechanism",
            kind: Kind::Choice(&["auto", "plain", "login", "cram-md5", "xoauth2"]),
            default: Default::Text("auto"),
            ja: "SMTP認証の方法。auto はサーバーに合わせて選びます。",
            en: "The SMTP AUTH mechanism; auto takes the best that the server offers.",
        },
        Key {
            name: "same_credentials_as_pop3",
            kind: Kind::Flag,
            default: Default::Follows {
                ja: "user がなければ true",
                en: "true where user is absent",
            },
            ja: "受信用と同じアカウントとパスワードを使うか。",
            en: "Whether user and password are those of POP3.",
        },
        Key {
            name: "user",
            kind: Kind::Line { max: USER_CHARACTERS },
            default: Default::Follows {
                ja: "受信用の user(recent: は除く)",
                en: "POP3's user without recent:",
            },
            ja: "SMTP認証のアカウント。受信用と違うときだけ書きます。",
            en: "The login name, where it is not that of POP3.",
        },
        Key {
            name: "timeout_seconds",
            kind: Kind::Number { min: 1, max: 600 },
            default: Default::Number(60),
            ja: "接続とサーバーの応答を待つ時間(秒)。",
            en: "Seconds for connecting and for each answer of the server.",
        },
        Key {
            name: "send_interval_milliseconds",
            kind: Kind::Number { min: 0, max: 600_000 },
            default: Default::Number(0),
            ja: "続けて送るときの送信間隔(ミリ秒)。プロバイダーに制限があるときに使います。",
            en: "Milliseconds between two letters, for providers with rate limits.",
        },
        Key {
            name: "connections",
            kind: Kind::Number { min: 1, max: 20 },
            default: Default::Number(4),
            ja: "同時に使う接続の数。",
            en: "How many connections at once.",
        },
        EXTRA_CA_FILE,
        SAVE_PASSWORD,
    ],
};

pub(crate) static MAILBOX_RECEIPT: Section = Section {
    path: "mailbox.receipt",
    repeated: false,
    ja: "このメールボックスだけの受付完了メール。書かない項目は [receipt] のものです。",
    en: "A receipt for this mailbox alone; what is not written comes from [receipt].",
    keys: RECEIPT.keys,
};

pub(crate) static MAILBOX_DUPLICATE: Section = Section {
    path: "mailbox.duplicate",
    repeated: false,
    ja: "このメールボックスだけの返信メール。書かない項目は [duplicate] のものです。",
    en: "A repeat reply for this mailbox alone; what is not written comes from [duplicate].",
    keys: match DUPLICATE.keys {
        [_, letter @ ..] => letter,
        [] => &[],
    },
};
