//! Words about the settings: what may be written, what is wrong with what was written, and what to do about it.

pub use super::settings_file::*;
use super::{Language, words};
use crate::address::AddressFault;

/// What joins the choices of a list.
pub fn or(language: Language) -> &'static str {
    match language {
        Language::Japanese => "、",
        Language::English => ", ",
    }
}

/// Why a text is no address.
pub fn address_fault(language: Language, fault: AddressFault) -> &'static str {
    match (language, fault) {
        (Language::Japanese, AddressFault::NoLocalPart) => "@ の前に名前がありません",
        (Language::English, AddressFault::NoLocalPart) => "there is no name before the @",
        (Language::Japanese, AddressFault::BadDomain) => "@ の後ろがドメイン名になっていません",
        (Language::English, AddressFault::BadDomain) => "the part behind the @ is no domain name",
        (Language::Japanese, AddressFault::BadCharacter) => "空白など使えない文字が入っています",
        (Language::English, AddressFault::BadCharacter) => {
            "it holds a blank or another character that is not allowed"
        }
        (Language::Japanese, AddressFault::TooLong) => "長すぎます",
        (Language::English, AddressFault::TooLong) => "it is too long",
    }
}

words! {
    /// Allowed: a switch.
    pub fn allowed_flag() { ja: "true か false のどちらか", en: "true or false" }
    /// Allowed: a whole number.
    pub fn allowed_number(min: i64, max: i64) { ja: "{min}〜{max} の整数", en: "a whole number from {min} to {max}" }
    /// Allowed: one of several words.
    pub fn allowed_choice(choices: &str) { ja: "{choices} のどれか", en: "one of {choices}" }
    /// Allowed: text of one line.
    pub fn allowed_line(max: usize) {
        ja: "引用符で囲んだ 1 行の文字列({max} 文字まで)",
        en: "text of one line in quotes, at most {max} characters",
    }
    /// Allowed: text of several lines.
    pub fn allowed_text(max: usize) {
        ja: "引用符で囲んだ文字列({max} 文字まで。複数行は \"\"\" で囲む)",
        en: "text in quotes, at most {max} characters (several lines between \"\"\")",
    }
    /// Allowed: an address.
    pub fn allowed_address() {
        ja: "引用符で囲んだメールアドレスひとつ",
        en: "one e-mail address in quotes",
    }
    /// Allowed: a host.
    pub fn allowed_host() {
        ja: "引用符で囲んだサーバー名か IP アドレス",
        en: "a host name or an IP address in quotes",
    }
    /// Allowed: a file.
    pub fn allowed_file() {
        ja: "引用符で囲んだファイル名(karamail.toml のフォルダーから見た場所でもよい)",
        en: "a file name in quotes, which may be relative to the folder of karamail.toml",
    }
    /// Allowed: a folder.
    pub fn allowed_folder() {
        ja: "引用符で囲んだフォルダー名(karamail.toml のフォルダーから見た場所でもよい)",
        en: "a folder name in quotes, which may be relative to the folder of karamail.toml",
    }
    /// Allowed: a list of texts.
    pub fn allowed_list(entries: usize, max: usize) {
        ja: "[\"…\", \"…\"] の形の一覧({entries} 件まで、それぞれ {max} 文字まで)",
        en: "a list [\"…\", \"…\"] of at most {entries} entries with at most {max} characters each",
    }
    /// Allowed: a list of addresses.
    pub fn allowed_addresses(entries: usize) {
        ja: "[\"…\", \"…\"] の形のメールアドレスの一覧({entries} 件まで)",
        en: "a list [\"…\", \"…\"] of at most {entries} e-mail addresses",
    }

    /// Headline over the faults of one file.
    pub fn faults_headline(path: &str, count: usize) {
        ja: "設定ファイル {path} に問題が {count} 件あります。",
        en: "The settings file {path} has {count} problem(s).",
    }
    /// Under the faults where not all are shown.
    pub fn faults_more(count: usize) { ja: "ほかに {count} 件あります。", en: "There are {count} more." }
    /// Where a fault is: line and key.
    pub fn place_line(line: usize) { ja: "{line} 行目", en: "line {line}" }

    /// Write this instead.
    pub fn write_allowed(allowed: &str) { ja: "{allowed}を書いてください。", en: "Write {allowed}." }

    /// The file is not there.
    pub fn missing() { ja: "設定ファイルがありません。", en: "The settings file is not there." }
    /// What to do about a missing file.
    pub fn missing_advice() {
        ja: "karamail config init で作るか、--config で場所を指定してください。",
        en: "Make one with karamail config init, or name it with --config.",
    }
    /// The system refuses to read the file.
    pub fn unreadable(reason: &str) {
        ja: "設定ファイルを読めません({reason})。",
        en: "The settings file cannot be read ({reason}).",
    }
    /// The file belongs to someone else.
    pub fn no_rights() {
        ja: "設定ファイルを読む権限がありません。",
        en: "You have no right to read the settings file.",
    }
    /// What to do about an unreadable file.
    pub fn unreadable_advice() {
        ja: "ファイルの持ち主とアクセス権を確かめてください。",
        en: "Look at the file's owner and rights.",
    }
    /// A folder stands where the file should.
    pub fn is_folder() {
        ja: "設定ファイルの場所にフォルダーがあります。",
        en: "There is a folder where the settings file should be.",
    }
    /// What to do about a folder.
    pub fn is_folder_advice() {
        ja: "フォルダーではなく karamail.toml の場所を指定してください。",
        en: "Name the file karamail.toml, not its folder.",
    }
    /// The file is too large.
    pub fn too_large(bytes: u64, limit: u64) {
        ja: "ファイルが大きすぎます({bytes} バイト、上限 {limit} バイト)。",
        en: "The file is too large ({bytes} bytes; the limit is {limit}).",
    }
    /// What to do about a file that is too large.
    pub fn too_large_advice() {
        ja: "別のファイルを指定していないか確かめてください。",
        en: "See whether it is the right file.",
    }
    /// The file is empty.
    pub fn empty() {
        ja: "設定ファイルが空です(書き込みの途中かもしれません)。",
        en: "The settings file is empty (it may be half-written).",
    }
    /// What to do about an empty or damaged file.
    pub fn empty_advice() {
        ja: "もう一度保存するか、控えから戻してください。",
        en: "Save it again, or restore it from a copy.",
    }
    /// The file holds nothing but zeros, as after a power cut.
    pub fn zeros() {
        ja: "設定ファイルが壊れています(停電などで中身が失われています)。",
        en: "The settings file is damaged (its content was lost, as in a power cut).",
    }
    /// The file is in Shift_JIS.
    pub fn shift_jis() {
        ja: "ファイルの文字コードが Shift_JIS(ANSI)です。",
        en: "The file is encoded in Shift_JIS (ANSI).",
    }
    /// The file is not UTF-8.
    pub fn not_utf8() {
        ja: "ファイルの文字コードが UTF-8 ではありません。",
        en: "The file is not encoded in UTF-8.",
    }
    /// How to save as UTF-8.
    pub fn utf8_advice() {
        ja: "メモ帳なら「名前を付けて保存」で文字コードを UTF-8 にして保存し直してください。",
        en: "In Notepad, choose Save As and the encoding UTF-8.",
    }
    /// The file ends inside a character.
    pub fn cut() {
        ja: "ファイルが文字の途中で終わっています(書き込みの途中かもしれません)。",
        en: "The file ends in the middle of a character (it may be half-written).",
    }

    /// A text has no closing quote.
    pub fn syntax_string() {
        ja: "文字列の終わりの引用符がありません。",
        en: "A text has no closing quote.",
    }
    /// What to do about it.
    pub fn syntax_string_advice() {
        ja: "\" で始めた文字列は同じ行で \" で、\"\"\" で始めた文字列は \"\"\" で閉じてください。",
        en: "Close what begins with \" by \" on the same line, and what begins with \"\"\" by \"\"\".",
    }
    /// A bracket is open.
    pub fn syntax_bracket() { ja: "かっこが閉じていません。", en: "A bracket is not closed." }
    /// What to do about it.
    pub fn syntax_bracket_advice() {
        ja: "[ には ] を、[[ には ]] を、{{ には }} を書いてください。",
        en: "Give each [ its ], each [[ its ]] and each {{ its }}.",
    }
    /// The same thing stands twice.
    pub fn syntax_duplicate() {
        ja: "同じ項目が 2 回書かれています。",
        en: "The same key or section is written twice.",
    }
    /// What to do about it.
    pub fn syntax_duplicate_advice() { ja: "どちらかを消してください。", en: "Remove one of them." }
    /// A full-width sign where an ASCII one belongs.
    pub fn syntax_full_width(sign: char) {
        ja: "全角の「{sign}」が使われています。",
        en: "There is a full-width “{sign}”.",
    }
    /// What to do about it.
    pub fn syntax_full_width_advice() {
        ja: "引用符の外の記号と空白は半角で書いてください。",
        en: "Outside quotes, write half-width signs and blanks.",
    }
    /// A key without a value.
    pub fn syntax_no_value() { ja: "= の後ろに値がありません。", en: "There is no value behind the =." }
    /// What to do about it.
    pub fn syntax_no_value_advice() {
        ja: "値を書くか、行の先頭に # を付けてください。",
        en: "Write a value, or put # before the line.",
    }
    /// A key without `=`.
    pub fn syntax_no_assignment() {
        ja: "「名前 = 値」の形になっていません。",
        en: "This is not of the form “name = value”.",
    }
    /// What to do about it.
    pub fn syntax_no_assignment_advice() {
        ja: "名前と値の間に = を書いてください。覚え書きなら先頭に # を付けてください。",
        en: "Put = between name and value, or # before a remark.",
    }
    /// A value that is no value.
    pub fn syntax_value() { ja: "値の書き方が正しくありません。", en: "The value is not written correctly." }
    /// What to do about it.
    pub fn syntax_value_advice() {
        ja: "文字列は \" で囲み、数は半角の数字だけで書いてください。",
        en: "Put text between \" and write numbers with digits alone.",
    }
    /// A backslash that starts nothing.
    pub fn syntax_escape() {
        ja: "\\ の使い方が正しくありません。",
        en: "The \\ begins nothing that is known.",
    }
    /// What to do about it.
    pub fn syntax_escape_advice() {
        ja: "Windows のファイル名は 'C:\\フォルダー' のように ' で囲んでください。",
        en: "Put Windows file names between ', such as 'C:\\folder'.",
    }
    /// Something else about the form.
    pub fn syntax_other(detail: &str) {
        ja: "書き方(TOML)が正しくありません({detail})。",
        en: "This is not correct TOML ({detail}).",
    }
    /// What to do about it.
    pub fn syntax_other_advice() {
        ja: "docs/CONFIG.md の書き方と見比べてください。",
        en: "Compare it with docs/CONFIG.md.",
    }

    /// A section nobody knows.
    pub fn unknown_section() { ja: "知らない見出しです。", en: "This section is unknown." }
    /// A key nobody knows.
    pub fn unknown_key() { ja: "知らない項目です。", en: "This key is unknown." }
    /// Perhaps this was meant.
    pub fn perhaps(name: &str) { ja: "{name} のことではありませんか。", en: "Did you mean {name}?" }
    /// The key stands in the wrong section.
    pub fn belongs(section: &str) {
        ja: "この項目は {section} に書きます。",
        en: "This key belongs in {section}.",
    }
    /// What may stand here.
    pub fn known_names(names: &str) { ja: "書けるのは {names} です。", en: "Known are {names}." }
    /// A password in the file.
    pub fn password_in_file() {
        ja: "パスワードは設定ファイルに書けません。",
        en: "A password is never written in the settings file.",
    }
    /// What to do about it.
    pub fn password_in_file_advice() {
        ja: "この行を消して、karamail password set で保存してください。",
        en: "Remove the line and store it with karamail password set.",
    }
    /// Single brackets where double ones belong, or the other way round.
    pub fn brackets() { ja: "見出しの形が違います。", en: "This is not how the section is written." }
    /// What to do about it.
    pub fn brackets_advice(header: &str) { ja: "{header} と書いてください。", en: "Write {header}." }
    /// A wrong type.
    pub fn wrong_type(found: &str) { ja: "{found}は書けません。", en: "This cannot be {found}." }
    /// A value outside its bounds, or no choice.
    pub fn not_allowed(found: &str) { ja: "{found} は使えません。", en: "{found} is not allowed." }
    /// A text that is too long.
    pub fn too_long(characters: usize) {
        ja: "長すぎます({characters} 文字)。",
        en: "It is too long ({characters} characters).",
    }
    /// A list with too many entries.
    pub fn too_many(count: usize) { ja: "多すぎます({count} 件)。", en: "There are too many ({count})." }
    /// A list with too many entries: the most.
    pub fn too_many_advice(most: usize) { ja: "{most} 件までにしてください。", en: "Keep at most {most}." }
    /// A control character.
    pub fn control_character() {
        ja: "改行などの制御文字が入っています。",
        en: "It holds a line end or another control character.",
    }
    /// An empty text.
    pub fn empty_value() { ja: "空です。", en: "It is empty." }
    /// No address.
    pub fn not_an_address(found: &str, why: &str) {
        ja: "{found} はメールアドレスではありません({why})。",
        en: "{found} is no e-mail address ({why}).",
    }
    /// No host name.
    pub fn not_a_host(found: &str) {
        ja: "{found} はサーバー名ではありません。",
        en: "{found} is no host name.",
    }
    /// A host with its port.
    pub fn host_with_port(found: &str) {
        ja: "{found} にポート番号が付いています。",
        en: "{found} has a port with it.",
    }
    /// What to do about it.
    pub fn host_with_port_advice() {
        ja: "ポート番号は port に書いてください。",
        en: "Write the port under port.",
    }
    /// A URL instead of a host.
    pub fn host_is_url(found: &str) { ja: "{found} は URL です。", en: "{found} is a URL." }
    /// What to do about it.
    pub fn host_is_url_advice() {
        ja: "pop.example.jp のようなサーバー名だけを書いてください。",
        en: "Write the host name alone, such as pop.example.jp.",
    }
    /// A key that must be there.
    pub fn missing_key() { ja: "この項目は省略できません。", en: "This key must be there." }
    /// A section that must be there.
    pub fn missing_section() { ja: "この見出しは省略できません。", en: "This section must be there." }
    /// What to do about it.
    pub fn missing_section_advice(header: &str) {
        ja: "{header} と host、user などを書いてください。",
        en: "Write {header} and its keys, such as host.",
    }

    /// No mailbox.
    pub fn no_mailbox() {
        ja: "メールボックスがひとつもありません。",
        en: "There is no mailbox.",
    }
    /// What to do about it.
    pub fn no_mailbox_advice() {
        ja: "[[mailbox]] に address を、[mailbox.pop3] と [mailbox.smtp] にサーバーを書いてください。",
        en: "Write [[mailbox]] with its address, and [mailbox.pop3] and [mailbox.smtp] with their servers.",
    }
    /// A name used twice.
    pub fn name_taken(name: &str, other: &str) {
        ja: "「{name}」は {other} と同じ名前です。",
        en: "“{name}” is the name of {other} already.",
    }
    /// What to do about it.
    pub fn name_taken_advice() {
        ja: "ほかと違う name を書いてください。",
        en: "Write a name that no other has.",
    }
    /// An address used twice.
    pub fn address_taken(address: &str, other: &str) {
        ja: "{address} は {other} でも使われています。",
        en: "{address} is used by {other} already.",
    }
    /// What to do about it.
    pub fn address_taken_advice() {
        ja: "アドレスひとつにつき [[mailbox]] はひとつにしてください。",
        en: "Give each address one [[mailbox]].",
    }
    /// A POP3 account used twice.
    pub fn account_taken(other: &str) {
        ja: "{other} と同じ受信アカウントです。",
        en: "This is the POP3 account of {other} already.",
    }
    /// What to do about it.
    pub fn account_taken_advice() {
        ja: "ひとつのアカウントを 2 回受信しないよう、どちらかを消してください。",
        en: "Remove one of them, so that one account is not collected twice.",
    }
    /// A forward to ourselves.
    pub fn forward_to_ourselves(address: &str, other: &str) {
        ja: "{address} は {other} のアドレスです。転送が戻ってきてしまいます。",
        en: "{address} is an address of {other}; the forward would come back.",
    }
    /// What to do about it.
    pub fn forward_to_ourselves_advice() {
        ja: "受付用ではないアドレスを書いてください。",
        en: "Write an address that takes no signups.",
    }
    /// A series that is not there.
    pub fn unknown_series(name: &str) {
        ja: "「{name}」という番号系列はありません。",
        en: "There is no series “{name}”.",
    }
    /// What to do about it.
    pub fn unknown_series_advice(known: &str) {
        ja: "あるのは {known} です。新しい系列は [[series]] に書いてください。",
        en: "There are {known}; a new one is written as [[series]].",
    }
    /// Body and file.
    pub fn body_twice() {
        ja: "body と body_file の両方が書かれています。",
        en: "There are both body and body_file.",
    }
    /// What to do about it.
    pub fn one_of_them() { ja: "どちらかを消してください。", en: "Remove one of them." }
}
