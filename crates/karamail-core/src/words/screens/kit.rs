//! 店頭キット: the poster with the QR code. What stands on the sheets for customers and staff is in `kit_sheets`.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "店頭キット", en: "Counter kit" }
    /// What it is.
    pub fn lead() {
        ja: "お店に置くポスターやカードを作って印刷します。QRコードを読み取ると、お店あての空メールの画面が開きます。",
        en: "Make and print a poster or cards for the counter. The QR code opens an empty mail to the shop.",
    }
    /// The sheets, for screen readers.
    pub fn sheets() { ja: "印刷するもの", en: "Sheets" }
    /// The poster and the cards.
    pub fn poster_tab() { ja: "ポスター・カード", en: "Poster and cards" }
    /// How to allow our address.
    pub fn allow_tab() { ja: "迷惑メール設定のご案内（お客様用）", en: "Allowing our mail (for customers)" }
    /// When no receipt comes.
    pub fn staff_tab() { ja: "番号が届かないとき（スタッフ用）", en: "When no number comes (for staff)" }
    /// There is no mailbox.
    pub fn no_mailbox() {
        ja: "受付に使うメールアドレスがまだありません。設定でメールボックスを登録すると、ここで印刷できます。",
        en: "There is no mail address to sign up with yet. Add a mailbox in the settings, then print here.",
    }
    /// Link to the mail settings.
    pub fn to_mail_settings() { ja: "メールの設定へ", en: "To the mail settings" }

    /// Legend of the first choices.
    pub fn choices() { ja: "つくるもの", en: "What to make" }
    /// Field.
    pub fn mailbox() { ja: "受付のメールアドレス", en: "Mailbox" }
    /// The mailbox is off.
    pub fn mailbox_is_off(name: &str) {
        ja: "メールボックス「{name}」は今、収集しない設定です。このまま掲示しても番号は届きません。",
        en: "The mailbox \"{name}\" is switched off. Whoever writes to it gets no number.",
    }
    /// Field.
    pub fn format() { ja: "用紙と形", en: "Paper and shape" }
    /// Format.
    pub fn format_a4() { ja: "ポスター A4", en: "Poster, A4" }
    /// Format.
    pub fn format_a5() { ja: "ポスター A5", en: "Poster, A5" }
    /// Format.
    pub fn format_tent() { ja: "立てるカード（A5を二つ折り）", en: "Standing card (A5, folded)" }
    /// Format.
    pub fn format_table() { ja: "テーブル用カード（A4に4枚）", en: "Table cards (four on A4)" }
    /// Format.
    pub fn format_cards() { ja: "名刺サイズ（A4に10枚）", en: "Business cards (ten on A4)" }
    /// How to print this format.
    pub fn format_help_poster() { ja: "壁やレジ横に貼れます。", en: "For a wall or beside the till." }
    /// How to print this format.
    pub fn format_help_tent() {
        ja: "印刷したら、まん中の点線で山折りにして立てます。", en: "Fold along the dashed line and stand it up.",
    }
    /// How to print this format.
    pub fn format_help_table() { ja: "点線で切って4枚にします。", en: "Cut along the dashed lines." }
    /// How to print this format.
    pub fn format_help_cards() {
        ja: "市販の名刺用紙（A4・10面・91×55 mm）にも合います。", en: "Fits Japanese business card paper (A4, ten of 91 × 55 mm).",
    }
    /// Field.
    pub fn language() { ja: "印刷する言葉", en: "Language on paper" }
    /// Both languages.
    pub fn both() { ja: "日本語と英語", en: "Japanese and English" }
    /// The other choice of what the code says.
    pub fn subject_header() {
        ja: "QRコードに「件名は空」の指定も入れる", en: "Say \"empty subject\" in the QR code too",
    }
    /// Help for it.
    pub fn subject_header_help() {
        ja: "通常は入れません。入れなくても件名は空で開きます。読み取ったあとに件名が入ってしまう携帯があるときだけ入れてください。",
        en: "Normally off: the subject is empty anyway. Turn it on only if a phone fills in a subject of its own.",
    }

    /// Legend of the texts.
    pub fn texts() { ja: "文章を直す", en: "Change the texts" }
    /// The texts in one language.
    pub fn texts_japanese() { ja: "日本語の文章", en: "Japanese texts" }
    /// The texts in one language.
    pub fn texts_english() { ja: "英語の文章", en: "English texts" }
    /// What happens to them.
    pub fn texts_help() {
        ja: "直した文章はこの画面を開いているあいだだけ残ります。空にした行は印刷されません。",
        en: "Changes last as long as this page is open. A field left empty is not printed.",
    }
    /// Field.
    pub fn shop() { ja: "お店の名前", en: "Name of the shop" }
    /// Field.
    pub fn headline_field() { ja: "見出し", en: "Headline" }
    /// Field.
    pub fn step_field(number: u8) { ja: "手順{number}", en: "Step {number}" }
    /// Field.
    pub fn note_field() { ja: "届かないときの一言", en: "When nothing comes" }
    /// Field.
    pub fn purpose_field() { ja: "個人情報の利用目的", en: "Purpose of use of personal data" }
    /// Help for it.
    pub fn purpose_help() {
        ja: "個人情報保護法により、集める目的をお客様に示します。お店の使い方に合わせて直してください。",
        en: "Japanese law wants customers to be told what their data is for. Change it to what your shop does.",
    }
    /// The consent line.
    pub fn invitation_heading() { ja: "お知らせメールのお誘い", en: "Invitation to advertising mail" }
    /// The settings have one.
    pub fn invitation_is_set() {
        ja: "設定にあるお誘いの文言を、そのまま印刷します。受付番号ごとの同意の記録と同じ文言でなければならないため、ここでは変えられません。",
        en: "The invitation of the settings is printed as it stands: it must be the wording kept in the consent records.",
    }
    /// The settings have none.
    pub fn invitation_is_not_set() {
        ja: "広告や宣伝のメールを送る予定があるときは、設定の「お誘いの文言」に書いてください。ポスターに印刷され、同意の記録にも残ります（特定電子メール法）。",
        en: "If you will send advertising mail, set the invitation in the settings: it is then printed here and kept as a record of consent.",
    }
    /// The sender must be named.
    pub fn invitation_needs_a_name() {
        ja: "お知らせメールのお誘いには、送る人（お店の名前）を示す必要があります。お店の名前を書いてください。",
        en: "An invitation to advertising mail must say who sends it. Fill in the name of the shop.",
    }
    /// No room for the legal texts.
    pub fn too_long() {
        ja: "文章が長く、この大きさには入りきりません。短くするか、大きい用紙を選んでください。",
        en: "The texts do not fit on this size. Shorten them or choose a larger paper.",
    }
    /// Business cards have no room for them.
    pub fn cards_have_no_room() {
        ja: "名刺サイズには利用目的とお誘いの文言が入りません。ポスターもいっしょに掲示してください。",
        en: "Business cards have no room for the purpose of use and the invitation. Put up a poster as well.",
    }
    /// Draws anew.
    pub fn update() { ja: "表示を更新", en: "Update" }
    /// The texts we propose.
    pub fn reset() { ja: "文章を初めに戻す", en: "Back to the proposed texts" }

    /// The preview, for screen readers.
    pub fn preview() { ja: "できあがり", en: "Preview" }
    /// What the preview shows, for those who do not see it.
    pub fn preview_of(format: &str, address: &str) {
        ja: "{format}。{address} への空メールを開くQRコードと手順。", en: "{format}: a QR code that opens an empty mail to {address}, and the steps.",
    }
    /// Prints.
    pub fn print() { ja: "印刷", en: "Print" }
    /// How to get a PDF, and the right size.
    pub fn print_help() {
        ja: "印刷の画面で倍率は「100%」、余白は「なし」または「既定」のままにします。PDFにするときは、印刷先で「PDFに保存」を選びます。",
        en: "Keep the scale at 100% in the print dialog. For a PDF, choose \"Save as PDF\" as the printer.",
    }
    /// Before putting it up.
    pub fn try_it() {
        ja: "掲示する前に、印刷したQRコードをお手持ちの携帯で読み取り、番号が届くことを確かめてください。",
        en: "Before you put it up, scan the printed code with your own phone and see that a number comes.",
    }
    /// Downloads.
    pub fn download_poster() { ja: "この用紙をSVGで保存", en: "Sheet as SVG" }
    /// Downloads.
    pub fn download_qr_svg() { ja: "QRコードをSVGで保存", en: "QR code as SVG" }
    /// Downloads.
    pub fn download_qr_png() { ja: "QRコードをPNGで保存", en: "QR code as PNG" }

    /// Proposed headline.
    pub fn headline() { ja: "空メールを送るだけ！", en: "Just send an empty mail!" }
    /// Proposed step.
    pub fn step_1() { ja: "QRコードを読み取る", en: "Scan the QR code" }
    /// Proposed step.
    pub fn step_2() { ja: "件名も本文も空のまま送信", en: "Send it empty: no subject, no text" }
    /// Proposed step.
    pub fn step_3() { ja: "届いた受付番号を会員登録用紙に記入", en: "Write the number you get on your form" }
    /// Proposed note.
    pub fn note() {
        ja: "返信が届かないときは、迷惑メールの設定をご確認のうえ、スタッフにお声がけください。",
        en: "No answer? Please check your junk mail settings, or ask us.",
    }
    /// Proposed purpose of use.
    pub fn purpose() {
        ja: "【個人情報の利用目的】お預かりするメールアドレスは、会員登録の手続きと、会員様へのご連絡のためだけに使います。",
        en: "Purpose of use: we use your mail address only to register you as a member and to contact you about your membership.",
    }
    /// Proposed purpose of use where there is an invitation.
    pub fn purpose_with_invitation() {
        ja: "【個人情報の利用目的】お預かりするメールアドレスは、会員登録の手続き、会員様へのご連絡と、下記のお知らせメールの送信のためだけに使います。",
        en: "Purpose of use: we use your mail address only to register you as a member, to contact you, and to send the news named below.",
    }
    /// Before the address.
    pub fn type_address() { ja: "読み取れないときは、このアドレスへ", en: "No QR reader? Write to" }
    /// Between the names of characters.
    pub fn between() { ja: "　", en: ", " }
    /// A character that is easily misread.
    pub fn zero() { ja: "0＝数字のゼロ", en: "0 = zero" }
    /// A character that is easily misread.
    pub fn capital_o() { ja: "O＝大文字のオー", en: "O = capital o" }
    /// A character that is easily misread.
    pub fn one() { ja: "1＝数字のいち", en: "1 = one" }
    /// A character that is easily misread.
    pub fn small_l() { ja: "l＝小文字のエル", en: "l = small L" }
    /// A character that is easily misread.
    pub fn capital_i() { ja: "I＝大文字のアイ", en: "I = capital i" }
    /// A character that is easily misread.
    pub fn hyphen() { ja: "-＝ハイフン", en: "- = hyphen" }
    /// A character that is easily misread.
    pub fn underscore() { ja: "_＝アンダーバー", en: "_ = underscore" }
    /// Across the demo's sheets.
    pub fn sample() { ja: "見本", en: "SAMPLE" }
    /// The demo is on.
    pub fn is_sample() {
        ja: "デモのアドレスで作った見本です。お店のアドレスで作るには、デモを終わってください。",
        en: "A sample with the demo's address. Leave the demo to make one with the shop's address.",
    }
    /// The code could not be made.
    pub fn no_code() { ja: "QRコードを作れませんでした。", en: "The QR code could not be made." }
    /// What to do about it.
    pub fn no_code_advice() { ja: "メールアドレスの設定をご確認ください。", en: "Check the mail address in the settings." }
}
