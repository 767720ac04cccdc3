//! Help for the keys of the settings file, where a form has to say it in other words than the reference of the file.

use super::settings_fields::{Named, named};

/// Plainer than the reference, where that speaks of how the file is written.
pub(super) const HELP: [Named; 36] = [
    named(
        "general.archive_days",
        "サーバーから消したメールと転送したメールは、この日数だけ写しが残ります。間違って消したときの控えです。",
        "Mail that was deleted from the server or forwarded stays here as a copy for so many days.",
    ),
    named(
        "general.log_months",
        "これより古い毎月のログは消します。0 なら消しません。",
        "Older monthly logs are thrown away; 0 keeps them for ever.",
    ),
    named(
        "general.log_folder",
        "毎月のログを書くフォルダーです。",
        "Where the monthly logs are written.",
    ),
    named(
        "general.diagnostic_log_days",
        "故障を調べるための記録(英語)です。",
        "The record (in English) for finding out what went wrong.",
    ),
    named(
        "receipt.invitation",
        "例: 空メールを送ると、お得なお知らせが届きます。配信は店頭でいつでも止められます。",
        "Such as: Send an empty mail to get our offers. Tell us at the counter to stop them.",
    ),
    named(
        "guard.limit_address_per_hour",
        "同じ方が続けて送っても、ふつうは 3 通で足ります。",
        "Three are enough, even where somebody sends again.",
    ),
    named(
        "guard.limit_address_per_day",
        "同じ方への 1 日の上限です。",
        "For the same person in a day.",
    ),
    named(
        "guard.limit_mailbox_per_hour",
        "お客様の多い日に足りるように決めます。プロバイダーの送信の制限も確かめてください。",
        "Enough for a busy day; mind your provider's own limit on sending.",
    ),
    named(
        "guard.backlog_hours",
        "初めてつないだメールボックスに古いメールがたまっていても、いっせいに返信しないためのものです。古いメールは確認待ちで扱いを選べます。0 なら、すべて新しいメールとして扱います。",
        "So that old mail in a mailbox is not answered all at once on first contact; it waits for your decision. 0: all mail counts as new.",
    ),
    named(
        "guard.require_addressed",
        "いっせいに送られた迷惑メールに返信しにくくなります。別のアドレスから転送して受け取っているときは、入れないでください。",
        "Mail sent to many at once is answered less. Leave it off where mail is forwarded to this mailbox from another address.",
    ),
    named(
        "guard.blocked",
        "例: a@example.com、example.net。ドメインには、その下のドメインも含みます。",
        "Such as a@example.com or example.net; a domain includes its subdomains.",
    ),
    named(
        "guard.also_empty_subjects",
        "件名を空にできない機種のためのものです。例: 無題、(件名なし)",
        "For phones that cannot leave the subject empty. Such as: (no subject)",
    ),
    named(
        "general.check_interval_seconds",
        "新しいメールが来ていないか、サーバーを確かめる間隔です。",
        "How often the server is asked for new mail.",
    ),
    named(
        "receipt.subject",
        "お客様のメール一覧に出る題名です。",
        "The title in the customer's list of mail.",
    ),
    named(
        "receipt.body",
        "受付番号と、会員登録用紙への記入のお願いなどを書きます。",
        "The number, and what the customer should do with it.",
    ),
    named(
        "duplicate.subject",
        "お客様のメール一覧に出る題名です。",
        "The title in the customer's list of mail.",
    ),
    named(
        "duplicate.body",
        "前の受付番号をお知らせする文面です。",
        "Tells the old number again.",
    ),
    named(
        "opt_out.subject",
        "退会した方のメール一覧に出る題名です。",
        "The title in the list of mail of the person who leaves.",
    ),
    named(
        "opt_out.body",
        "退会を受け付けたことをお知らせする文面です。",
        "Tells that leaving was taken note of.",
    ),
    named(
        "opt_out.words",
        "全角・半角、大文字・小文字、空白は区別しません。空なら、メールでの退会は受け付けません。",
        "Width, case and blanks do not matter. Without any, nobody leaves by mail.",
    ),
    named(
        "general.language",
        "画面とログの言語です。文面を書いていないときの受付完了メールの言語にもなります。",
        "Language of screens and logs, and of the receipt where you wrote none.",
    ),
    named(
        "general.shop_name",
        "文面の ★店名★ の位置に入ります。",
        "It takes the place of ★店名★ in the letters.",
    ),
    named(
        "general.autostart",
        "パソコンにログインすると、トレイで立ち上がります。",
        "It starts in the tray when you log in.",
    ),
    named(
        "general.notify_trouble",
        "パソコンの画面の隅に出ます。1 分を超えて直らないときに 1 回、直ったときに 1 回です。",
        "In the corner of the screen: once where it lasts longer than a minute, and once when it is over.",
    ),
    named(
        "general.notify_receipts",
        "番号と、一部を隠したアドレスが出ます。お客様から見える画面では、オフのままにしてください。",
        "The number and an address that is mostly hidden. Leave it off on a screen that customers see.",
    ),
    named(
        "series.first_number",
        "最初のお客様の番号です。",
        "The number of the first customer.",
    ),
    named(
        "receipt.body_file",
        "本文を書いたテキストファイル(UTF-8)です。",
        "A text file (UTF-8) with the body.",
    ),
    named(
        "duplicate.body_file",
        "本文を書いたテキストファイル(UTF-8)です。",
        "A text file (UTF-8) with the body.",
    ),
    named(
        "opt_out.body_file",
        "本文を書いたテキストファイル(UTF-8)です。",
        "A text file (UTF-8) with the body.",
    ),
    named(
        "duplicate.action",
        "すでに受付番号のあるアドレスから、もう一度空メールが届いたときの処理です。",
        "What happens when an address that has its number writes again.",
    ),
    named(
        "guard.shop_words",
        "書くと、どれか一つが書かれたメールだけを受け付け、ほかは保留にします。全角・半角、大文字・小文字、空白は区別しません。",
        "Where there are any, only mail with one of them is taken and other signup mail is held. Width, case and blanks do not matter.",
    ),
    named(
        "guard.shop_word_in",
        "お客様に合言葉を書いてもらう場所です。",
        "Where the customer writes it.",
    ),
    named(
        "guard.hold_spoofed",
        "差出人の確認(SPF・DMARC)に失敗したメールには番号を出さず、確認待ちに入れます。",
        "Mail that failed SPF or DMARC gets no number and waits for you.",
    ),
    named(
        "guard.authentication_hosts",
        "差出人の確認結果(Authentication-Results)を信用するサーバーの名前です。空なら、一番上に書かれた結果を信用します。",
        "Names of servers whose Authentication-Results are believed. Empty: the topmost result is.",
    ),
    named(
        "mailbox.keep_days",
        "「日数がたってから消す」のときの日数です。",
        "For “after some days”.",
    ),
    named(
        "mailbox.pop3.user",
        "プロバイダーから届いた書類にあるユーザー名です。",
        "The user name in your provider's papers.",
    ),
];
