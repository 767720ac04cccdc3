//! The cast of the demo: customers with the phones that Japanese shops meet, and the mails that are no signup.
//!
//! Each phone writes its own kind of empty subject, as the field knows them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Zoned};
use karamail_core::address::EmailAddress;
use karamail_core::limits::DEMO_CUSTOMERS;
use karamail_core::words::{Language, demo as words};

use super::ADDRESS;

/// A mail of the cast, ready for [`DemoServers::deposit`](super::DemoServers::deposit).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoMail {
    /// What the mail is in the play.
    pub role: Role,
    /// The address it comes from, without quotes.
    pub address: String,
    /// What it was written with, such as `iPhone`.
    pub phone: &'static str,
    /// The whole mail, lines ended by CRLF.
    pub bytes: Vec<u8>,
}

/// What a mail of the cast is, and therefore what must become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A new customer's signup mail: the next number.
    Customer,
    /// The first customer once more: the old number again.
    Duplicate,
    /// A mail with a subject: forwarded or archived.
    OtherMail,
    /// A machine's mail with an empty subject: never answered.
    AutoReply,
}

impl DemoMail {
    /// One line for the person who watches.
    pub fn told(&self, language: Language) -> String {
        match self.role {
            Role::Customer => words::customer_signs_up(language, self.phone, &self.address),
            Role::Duplicate => words::customer_signs_up_again(language, self.phone, &self.address),
            Role::OtherMail => words::somebody_writes(language, &self.address),
            Role::AutoReply => words::machine_answers(language, &self.address),
        }
    }
}

/// The signup mails of `count` customers with as many addresses, in the order in which they arrive, then the extra
/// cast: the first customer again, a mail with a subject, an automatic reply.
///
/// From three customers on one of them has a docomo address with two dots in a row. `at` is the time of the last mail;
/// the others are a second apart before it. `count` is cut off at [`DEMO_CUSTOMERS`].
pub fn customers(count: usize, at: &Zoned) -> Vec<DemoMail> {
    let count = count.min(DEMO_CUSTOMERS);
    let total = count + 3;
    let writing = |index: usize| Writing::new(index, total, at);
    let mut mails: Vec<DemoMail> = (0..count)
        .map(|index| writing(index).signup(index, Role::Customer))
        .collect();
    if count > 0 {
        mails.push(writing(count).signup(0, Role::Duplicate));
    }
    mails.push(writing(count + 1).question());
    mails.push(writing(count + 2).auto_reply());
    mails
}

/// A phone of the cast, for whoever wants to hold one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoPhone {
    /// What it is, such as `iPhone`.
    pub name: &'static str,
    /// Its customer's address, without quotes.
    pub address: &'static str,
}

/// The phones of the cast, in the order of [`customers`].
pub fn phones() -> Vec<DemoPhone> {
    let phone = |phone: &Phone| DemoPhone {
        name: phone.name,
        address: phone.first_address,
    };
    PHONES.iter().map(phone).collect()
}

/// The address of the next customer: the first of the cast that `is_known` does not know.
pub fn next_address(is_known: impl Fn(&EmailAddress) -> bool) -> Option<EmailAddress> {
    (0..DEMO_CUSTOMERS)
        .filter_map(|customer| EmailAddress::parse(&customer_address(customer)).ok())
        .find(|address| !is_known(address))
}

/// The mail that a person sends from a phone at `at`. Without a subject it is written as that customer's phone writes
/// it; a phone that is not of the cast leaves the line out, as an iPhone does.
pub fn phone_mail(from: &EmailAddress, subject: &str, at: &Zoned) -> Vec<u8> {
    let [iphone, ..] = &PHONES;
    let key = from.key();
    let is_theirs =
        |phone: &&Phone| EmailAddress::parse(phone.first_address).is_ok_and(|own| own.key() == key);
    let theirs = PHONES.iter().find(is_theirs);
    let (content_headers, body) = content(&theirs.unwrap_or(iphone).content);
    let subject = match (subject, theirs) {
        ("", Some(phone)) => phone.subject.to_owned(),
        ("", None) => String::new(),
        (subject, _) => format!("Subject: {}\r\n", encoded_words(subject)),
    };
    let headers = format!("{subject}MIME-Version: 1.0\r\n{content_headers}");
    // The cast's phones write their addresses without quotes even where RFC 5322 wants them.
    let written = theirs.map_or_else(|| from.to_envelope(), |phone| phone.first_address.to_owned());
    Writing::new(0, 1, at).mail(&written, &written, &headers, &body)
}

/// A text as encoded words (RFC 2047), folded; nothing in it can end the line.
fn encoded_words(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    // Ten characters are at most 40 octets, and a word of them is shorter than the 75 that are allowed.
    let word = |part: &[char]| format!("=?UTF-8?B?{}?=", STANDARD.encode(part.iter().collect::<String>()));
    let words: Vec<String> = characters.chunks(10).map(word).collect();
    words.join("\r\n ")
}

/// The address of a customer by its place in the cast.
fn customer_address(customer: usize) -> String {
    match PHONES.get(customer) {
        Some(phone) => phone.first_address.to_owned(),
        None => {
            let domain = PHONES
                .get(customer % PHONES.len())
                .map_or("phone.example", |phone| phone.domain);
            format!("customer{:04}@{domain}", customer + 1)
        }
    }
}

/// What the phones write differently.
struct Phone {
    name: &'static str,
    /// The address of the first customer with such a phone.
    first_address: &'static str,
    /// The domain of the others.
    domain: &'static str,
    /// The Subject line with its end, or nothing where the phone leaves it out.
    subject: &'static str,
    content: Content,
}

enum Content {
    /// A signature in UTF-8, base64.
    Signature(&'static str),
    /// Text and HTML, both empty.
    Alternative,
    /// ISO-2022-JP with nothing in it.
    Japanese,
}

const PHONES: [Phone; 5] = [
    Phone {
        name: "iPhone",
        first_address: "misaki.sato@phone.example",
        domain: "phone.example",
        subject: "",
        content: Content::Signature("iPhoneから送信"),
    },
    Phone {
        name: "Android, Gmail",
        first_address: "kenji.suzuki@gmail.example",
        domain: "gmail.example",
        subject: "Subject: \r\n",
        content: Content::Alternative,
    },
    Phone {
        name: "docomo",
        first_address: "tanaka..hanako@docomo.ne.jp",
        domain: "docomo.example",
        // An ideographic space (U+3000) in ISO-2022-JP.
        subject: "Subject: =?ISO-2022-JP?B?GyRCISEbKEI=?=\r\n",
        content: Content::Japanese,
    },
    Phone {
        name: "au",
        first_address: "takahashi.@ezweb.ne.jp",
        domain: "au.example",
        subject: "Subject:\r\n",
        content: Content::Japanese,
    },
    Phone {
        name: "SoftBank",
        first_address: "ito-yuki@softbank.example",
        domain: "softbank.example",
        // A zero-width space (U+200B).
        subject: "Subject: =?UTF-8?B?4oCL?=\r\n",
        content: Content::Signature("\r\n--\r\n伊藤"),
    },
];

/// One mail's own facts while it is written.
struct Writing {
    date: String,
    /// Unlike in every other mail, also of another demo on the same ledger.
    token: String,
}

impl Writing {
    fn new(index: usize, total: usize, at: &Zoned) -> Self {
        let seconds_before = i64::try_from(total.saturating_sub(index + 1)).unwrap_or(0);
        let at = at.saturating_sub(SignedDuration::from_secs(seconds_before));
        // Years outside 0..=9999 have no RFC 2822 form; an empty date is what a broken phone would send then.
        let date = rfc2822::to_string(&at).unwrap_or_default();
        Writing {
            date,
            token: format!("{:x}.{index}", at.timestamp().as_nanosecond()),
        }
    }

    fn signup(&self, customer: usize, role: Role) -> DemoMail {
        let [iphone, ..] = &PHONES;
        let phone = PHONES.get(customer % PHONES.len()).unwrap_or(iphone);
        let address = customer_address(customer);
        let (content_headers, body) = content(&phone.content);
        let headers = format!("{}MIME-Version: 1.0\r\n{content_headers}", phone.subject);
        let bytes = self.mail(&address, &address, &headers, &body);
        DemoMail {
            role,
            address,
            phone: phone.name,
            bytes,
        }
    }

    fn question(&self) -> DemoMail {
        let address = "watanabe@customer.example";
        let subject = STANDARD.encode("営業時間について");
        let body = STANDARD.encode("お盆の営業時間を教えてください。\r\n渡辺\r\n");
        let headers = format!(
            "Subject: =?UTF-8?B?{subject}?=\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n"
        );
        let bytes = self.mail(
            address,
            &format!("Watanabe <{address}>"),
            &headers,
            &format!("{body}\r\n"),
        );
        DemoMail {
            role: Role::OtherMail,
            address: address.into(),
            phone: "PC",
            bytes,
        }
    }

    fn auto_reply(&self) -> DemoMail {
        let address = "yamamoto@office.example";
        let headers = "Subject: \r\nAuto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\n\
                       MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n";
        let bytes = self.mail(
            address,
            address,
            headers,
            "I am out of the office until Monday.\r\n",
        );
        DemoMail {
            role: Role::AutoReply,
            address: address.into(),
            phone: "PC",
            bytes,
        }
    }

    /// The trace headers that delivery adds, the headers that every mail has, and the rest as given.
    fn mail(&self, address: &str, from: &str, headers: &str, body: &str) -> Vec<u8> {
        let Writing { date, token } = self;
        let domain = address
            .rsplit_once('@')
            .map_or("phone.example", |(_, domain)| domain);
        format!(
            "Return-Path: <{address}>\r\n\
             Delivered-To: {ADDRESS}\r\n\
             Authentication-Results: mx.karamail.example;\r\n\tspf=pass smtp.mailfrom={domain};\r\n\
             \tdmarc=pass header.from={domain}\r\n\
             Received: from mail.{domain} (mail.{domain} [192.0.2.25])\r\n\
             \tby mx.karamail.example with ESMTPS id {token}\r\n\tfor <{ADDRESS}>; {date}\r\n\
             From: {from}\r\nTo: {ADDRESS}\r\nDate: {date}\r\nMessage-ID: <{token}@{domain}>\r\n\
             {headers}\r\n{body}"
        )
        .into_bytes()
    }
}

/// The content headers and the body.
fn content(content: &Content) -> (String, String) {
    match content {
        Content::Signature(text) => (
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n".into(),
            format!("{}\r\n", STANDARD.encode(format!("\r\n\r\n{text}\r\n"))),
        ),
        Content::Alternative => (
            "Content-Type: multipart/alternative; boundary=\"0000000000005e1c\"\r\n".into(),
            "--0000000000005e1c\r\nContent-Type: text/plain; charset=\"UTF-8\"\r\n\r\n\r\n\r\n\
             --0000000000005e1c\r\nContent-Type: text/html; charset=\"UTF-8\"\r\n\r\n<div dir=\"auto\"></div>\r\n\r\n\
             --0000000000005e1c--\r\n"
                .into(),
        ),
        Content::Japanese => (
            "Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: 7bit\r\n".into(),
            "\r\n".into(),
        ),
    }
}
