//! The counter kit's sheets of text: how customers allow our address, and what the staff does when no number comes.
//!
//! The ways through the carriers' menus come from their published guides as far as those could be read on the day that
//! [`checked`] names; the others carry a mark ([`unverified_mark`]) and are written so that a renamed menu is still found.

use super::super::words;

words! {
    /// The customers' sheet.
    pub fn allow_title() { ja: "番号のメールが届かないときは", en: "If the mail with your number does not come" }
    /// Its first lines.
    pub fn allow_lead() {
        ja: "携帯電話の迷惑メール設定で、お店からの返信が止められていることがあります。下のドメイン（またはアドレス）からのメールを「受信する」に設定してください。",
        en: "Your phone's junk mail filter may have stopped our answer. Please allow mail from the domain (or address) below.",
    }
    /// Label.
    pub fn domain() { ja: "許可するドメイン", en: "Domain to allow" }
    /// Label.
    pub fn address() { ja: "アドレスで登録するとき", en: "Or the address" }
    /// Before the carriers.
    pub fn look_first() {
        ja: "先に「迷惑メール」フォルダーをご覧ください。そこに届いていることがよくあります。",
        en: "Look into the junk folder first: it is often there.",
    }
    /// Carrier.
    pub fn docomo() { ja: "ドコモ　@docomo.ne.jp", en: "docomo  @docomo.ne.jp" }
    /// The way.
    pub fn docomo_way() {
        ja: "「ドコモメール」アプリ→「その他」→「メール設定」→「ドコモメール設定サイト」→ 迷惑メール対策の「受信リスト設定」→「設定を利用する」を選び、上のドメインを入力して「確認する」→「設定を確定する」。",
        en: "docomo Mail app → Others → Mail settings → docomo mail settings site → junk mail measures → receiving list (受信リスト設定) → use it, enter the domain above, confirm.",
    }
    /// Carrier.
    pub fn au() { ja: "au　@au.com / @ezweb.ne.jp", en: "au  @au.com / @ezweb.ne.jp" }
    /// The way.
    pub fn au_way() {
        ja: "「auメール」アプリのメール設定→「メールアドレス変更・迷惑メールフィルター」→「迷惑メールフィルターの設定／確認へ」→「受信リストに登録する」に上のドメインを入力し、「必ず受信」に印を付けて登録。",
        en: "au Mail app → mail settings → address change / junk mail filter → set or confirm the filter → receiving list (受信リスト): enter the domain above, tick \"always receive\" (必ず受信).",
    }
    /// Carrier.
    pub fn uq() { ja: "UQモバイル　@uqmobile.jp", en: "UQ mobile  @uqmobile.jp" }
    /// The way.
    pub fn uq_way() {
        ja: "「My UQ mobile」またはメールアプリのメール設定→「迷惑メールフィルター」→「受信リストに登録する」に上のドメインを入力し、「必ず受信」に印を付けて登録（auと同じ画面です）。",
        en: "My UQ mobile or the mail app → mail settings → junk mail filter → receiving list (受信リスト), as with au.",
    }
    /// Carrier.
    pub fn softbank() { ja: "ソフトバンク　@softbank.ne.jp / @i.softbank.jp", en: "SoftBank  @softbank.ne.jp / @i.softbank.jp" }
    /// The way.
    pub fn softbank_way() {
        ja: "「My SoftBank」→「メール設定」→「迷惑メール対策」→「詳細設定をみる」→「S!メール」か「Eメール(i)」→「受信許可リスト」に上のドメインを追加。迷惑メールフィルターが「強」なら「標準」にします。",
        en: "My SoftBank → mail settings → junk mail measures → details → S! mail or Email (i) → allow list (受信許可リスト): add the domain above. If the filter is \"strong\" (強), make it \"standard\" (標準).",
    }
    /// Carrier.
    pub fn ymobile() { ja: "ワイモバイル　@ymobile.ne.jp / @yahoo.ne.jp", en: "Y!mobile  @ymobile.ne.jp / @yahoo.ne.jp" }
    /// The way.
    pub fn ymobile_way() {
        ja: "@ymobile.ne.jp：「My Y!mobile」→ メールの設定 → 迷惑メール対策 → 受信許可リストに上のドメインを追加。@yahoo.ne.jp：「迷惑メール」フォルダーのメールを開き「迷惑メールではない」を選びます。",
        en: "@ymobile.ne.jp: My Y!mobile → mail settings → junk mail measures → allow list: add the domain above. @yahoo.ne.jp: open the mail in the junk folder and choose \"not junk\".",
    }
    /// Carrier.
    pub fn rakuten() { ja: "楽天モバイル　@rakumail.jp", en: "Rakuten Mobile  @rakumail.jp" }
    /// The way.
    pub fn rakuten_way() {
        ja: "「my 楽天モバイル」で「楽メール」の設定 → 迷惑メール対策 → 受信を許可するドメインに上のドメインを追加。Gmailなど別のメールをお使いの方は、そのメールの欄をご覧ください。",
        en: "my Rakuten Mobile → settings of Rakumail → junk mail measures → add the domain above to those allowed. If you use Gmail or another mail on your phone, see there.",
    }
    /// Mail service.
    pub fn icloud() { ja: "iCloudメール　@icloud.com / @me.com", en: "iCloud Mail  @icloud.com / @me.com" }
    /// The way.
    pub fn icloud_way() {
        ja: "許可リストはありません。「連絡先」に上のアドレスを登録します。「迷惑メール」フォルダーにあるときは、開いて「受信」へ移します。",
        en: "There is no allow list. Add the address above to your contacts. If the mail is in Junk, move it to the inbox.",
    }
    /// Mail service.
    pub fn gmail() { ja: "Gmail　@gmail.com", en: "Gmail  @gmail.com" }
    /// The way.
    pub fn gmail_way() {
        ja: "「連絡先」に上のアドレスを登録します。「迷惑メール」にあるときは、開いて「迷惑メールではないことを報告」。パソコンなら、設定の「フィルタとブロック中のアドレス」で「迷惑メールにしない」も選べます。",
        en: "Add the address above to your contacts. If the mail is in Spam, open it and choose \"Report not spam\". On a computer, a filter with \"Never send it to Spam\" does it too.",
    }
    /// Behind a carrier whose guide was not read.
    pub fn unverified_mark() { ja: "※", en: "*" }
    /// When it was looked up.
    pub fn checked() {
        ja: "2026年11月22日に各社の案内で調べました。画面の名前や順番は変わることがあります。※は公式の案内で確かめられなかったものです。分からないときは各社の案内をご覧ください。",
        en: "Looked up on 22 November 2026; menus change. Those with * could not be checked in the carrier's own guide. If in doubt, see your carrier's guide.",
    }
    /// Afterwards.
    pub fn again_same_number() {
        ja: "設定ができたら、もう一度QRコードから空メールを送ってください。同じ受付番号が届きます。",
        en: "When it is set, send the empty mail once more: the same number comes again.",
    }
    /// Afterwards, where a second mail gets no answer.
    pub fn again_ask_us() {
        ja: "設定ができたら、スタッフにお声がけください。受付番号のメールをもう一度お送りします。",
        en: "When it is set, please tell us: we send the mail with your number again.",
    }

    /// The staff's sheet.
    pub fn staff_title() { ja: "「番号が届かない」と言われたら", en: "When a customer says: no number came" }
    /// Its first lines.
    pub fn staff_lead() {
        ja: "レジの裏などに貼ってください。番号はお店の画面で分かります。お客様を待たせる必要はありません。",
        en: "Keep it behind the counter. The number is on the shop's screen: nobody has to wait for a mail.",
    }
    /// What to say.
    pub fn say_heading() { ja: "まず、こうお伝えします", en: "Say this first" }
    /// What to say.
    pub fn say() {
        ja: "「こちらで番号をお調べしますので、送ったメールアドレスを見せていただけますか。」",
        en: "\"I can look your number up. May I see the mail address you sent from?\"",
    }
    /// Where to look.
    pub fn look_heading() { ja: "次に、画面で順に見ます", en: "Then look, in this order" }
    /// Column.
    pub fn column_look() { ja: "見るところ", en: "Look at" }
    /// Column.
    pub fn column_means() { ja: "こうなっていたら", en: "If it says" }
    /// Column.
    pub fn column_do() { ja: "こうします", en: "Do this" }
    /// Screen.
    pub fn look_results() { ja: "「収集結果」でアドレスの一部を探す", en: "Results: search part of the address" }
    /// Finding.
    pub fn found_sent() { ja: "番号があり「送信済み」", en: "There is a number: \"Sent\"" }
    /// Remedy.
    pub fn found_sent_do() {
        ja: "番号を口頭でお伝えし、用紙に書いていただきます。お客様の「迷惑メール」フォルダーを見てもらい、設定のご案内をお渡しします。設定が済んだら「もう一度送る」を押します。",
        en: "Tell the number; the customer writes it on the form. Have them look into the junk folder, and hand out the sheet on junk mail settings. When it is set, press \"Send again\".",
    }
    /// Finding.
    pub fn found_refused() { ja: "番号があり「拒否された」「戻ってきた」", en: "There is a number: \"Refused\" or \"Came back\"" }
    /// Remedy.
    pub fn found_refused_do() {
        ja: "番号はそのまま使えます。口頭でお伝えします。理由が「受信拒否」なら設定のご案内を、「アドレスがない」ならアドレスを確かめます。",
        en: "The number is good: tell it. If a filter refused it, hand out the sheet; if there is no such address, check the address.",
    }
    /// Finding.
    pub fn found_waiting() { ja: "番号があり「送信待ち」", en: "There is a number: \"Waiting\"" }
    /// Remedy.
    pub fn found_waiting_do() {
        ja: "番号を口頭でお伝えします。自動で送り直すので、何もしなくて大丈夫です。長く続くときは「状況」を見ます。",
        en: "Tell the number. It is sent again by itself. If that lasts, look at Status.",
    }
    /// Screen.
    pub fn look_waiting() { ja: "なければ「状況」から「保留中のメール」", en: "Not there: Held mails, from Status" }
    /// Finding.
    pub fn found_held() { ja: "お客様のメールが保留になっている", en: "The customer's mail is held" }
    /// Remedy.
    pub fn found_held_do() {
        ja: "目の前のお客様のアドレスなら「受け付ける」を押します。番号が出て、返信も送られます。",
        en: "If it is this customer's address, press \"Take it\": it gets its number and the answer goes out.",
    }
    /// Screen.
    pub fn look_status() { ja: "「状況」の表示", en: "Status: the light" }
    /// Finding.
    pub fn found_stopped() { ja: "緑でない（停止中・接続できない）", en: "Not green (stopped, or no connection)" }
    /// Remedy.
    pub fn found_stopped_do() {
        ja: "停止中なら「収集開始」を押します。赤いときは表示された説明に従います。お客様のメールはサーバーに残っているので、動き出せば番号が出ます。",
        en: "Stopped: press \"Start collecting\". Red: follow what it says. The mail waits on the server and gets its number as soon as all works.",
    }
    /// Screen.
    pub fn look_log() { ja: "「ログ」でアドレスの一部を探す", en: "Log: search part of the address" }
    /// Finding.
    pub fn found_other() { ja: "「対象外メール」になっている", en: "It is \"other mail\"" }
    /// Remedy.
    pub fn found_other_do() {
        ja: "件名に文字が入っていました。件名を空にして、もう一度送っていただきます。",
        en: "It had a subject. Ask for a second mail with an empty subject.",
    }
    /// Screen.
    pub fn look_phone() { ja: "どこにもなければ、お客様の携帯", en: "Nowhere: the customer's phone" }
    /// Finding.
    pub fn found_unsent() { ja: "送信できていない・宛先が違う", en: "Not sent, or to another address" }
    /// Remedy.
    pub fn found_unsent_do(address: &str) {
        ja: "「送信済み」を見てもらいます。宛先が {address} か、電波が届いているかを確かめ、QRコードからやり直していただきます。",
        en: "Look at \"Sent\": is it to {address}? Is there a signal? Scan the code and send again.",
    }
    /// At the end.
    pub fn never() {
        ja: "お客様のアドレスをほかの人に見せたり、紙に書き写したりしないでください。",
        en: "Never show a customer's address to others, and do not copy it onto paper.",
    }
}
