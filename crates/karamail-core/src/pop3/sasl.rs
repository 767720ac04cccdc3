//! Ways to prove who we are: USER/PASS, APOP (RFC 1939 section 7) and AUTH (RFC 5034).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};

/// Which way to log in, as set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Authentication {
    /// The best that server and security allow.
    #[default]
    Auto,
    /// USER and PASS.
    UserPass,
    /// APOP.
    Apop,
    /// AUTH with this mechanism.
    Sasl(Mechanism),
}

/// A SASL mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// PLAIN (RFC 4616).
    Plain,
    /// LOGIN, never standardised, offered by many.
    Login,
    /// CRAM-MD5 (RFC 2195).
    CramMd5,
    /// XOAUTH2 of Google and Microsoft; the password is an access token.
    XOAuth2,
    /// OAUTHBEARER (RFC 7628); the password is an access token.
    OAuthBearer,
}

impl Mechanism {
    /// The mechanism of this name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Mechanism::Plain,
            Mechanism::Login,
            Mechanism::CramMd5,
            Mechanism::XOAuth2,
            Mechanism::OAuthBearer,
        ]
        .into_iter()
        .find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Mechanism::Plain => "PLAIN",
            Mechanism::Login => "LOGIN",
            Mechanism::CramMd5 => "CRAM-MD5",
            Mechanism::XOAuth2 => "XOAUTH2",
            Mechanism::OAuthBearer => "OAUTHBEARER",
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Who logs in where.
#[derive(Clone, Copy)]
pub(super) struct Identity<'a> {
    pub(super) user: &'a str,
    pub(super) password: &'a str,
    pub(super) host: &'a str,
    pub(super) port: u16,
}

/// How far an AUTH exchange has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exchange {
    /// The server is to ask for the (first) answer.
    Waiting(Mechanism),
    /// LOGIN: the user name was given, the password is next.
    LoginPassword,
    /// Everything was given.
    Answered(Mechanism),
    /// The server explained in a challenge why it refuses a token; the dummy answer was given.
    Explained(Mechanism),
}

impl Exchange {
    pub(super) fn mechanism(self) -> Mechanism {
        match self {
            Exchange::Waiting(mechanism) | Exchange::Answered(mechanism) | Exchange::Explained(mechanism) => {
                mechanism
            }
            Exchange::LoginPassword => Mechanism::Login,
        }
    }

    /// The answer to a challenge, still to be base64 encoded; None where the server asks for what makes no sense.
    pub(super) fn answer(self, challenge: &[u8], identity: Identity<'_>) -> Option<(Vec<u8>, Exchange)> {
        match self {
            Exchange::Waiting(Mechanism::Login) => {
                Some((identity.user.as_bytes().to_vec(), Exchange::LoginPassword))
            }
            Exchange::LoginPassword => Some((
                identity.password.as_bytes().to_vec(),
                Exchange::Answered(Mechanism::Login),
            )),
            Exchange::Waiting(Mechanism::CramMd5) => {
                let challenge = decode(challenge)?;
                let answer = cram_md5(&challenge, identity)?;
                Some((answer, Exchange::Answered(Mechanism::CramMd5)))
            }
            Exchange::Waiting(mechanism) => Some((
                initial_response(mechanism, identity)?,
                Exchange::Answered(mechanism),
            )),
            Exchange::Answered(Mechanism::XOAuth2) => {
                Some((Vec::new(), Exchange::Explained(Mechanism::XOAuth2)))
            }
            Exchange::Answered(Mechanism::OAuthBearer) => {
                Some((b"\x01".to_vec(), Exchange::Explained(Mechanism::OAuthBearer)))
            }
            Exchange::Answered(_) | Exchange::Explained(_) => None,
        }
    }
}

/// What a mechanism in which the client speaks first says; None for the others.
pub(super) fn initial_response(mechanism: Mechanism, identity: Identity<'_>) -> Option<Vec<u8>> {
    let Identity {
        user,
        password,
        host,
        port,
    } = identity;
    match mechanism {
        Mechanism::Plain => Some(format!("\0{user}\0{password}").into_bytes()),
        Mechanism::XOAuth2 => Some(format!("user={user}\x01auth=Bearer {password}\x01\x01").into_bytes()),
        Mechanism::OAuthBearer => {
            let user = user.replace('=', "=3D").replace(',', "=2C");
            Some(
                format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {password}\x01\x01")
                    .into_bytes(),
            )
        }
        Mechanism::Login | Mechanism::CramMd5 => None,
    }
}

pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Base64 as servers write it, with or without padding.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let lenient = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    lenient.decode(text.trim_ascii()).ok()
}

/// The APOP digest in hex (RFC 1939 section 7).
pub(super) fn apop_digest(timestamp: &str, password: &str) -> String {
    let digest = Md5::new()
        .chain_update(timestamp.as_bytes())
        .chain_update(password.as_bytes())
        .finalize();
    hex(&digest)
}

/// The timestamp in a greeting. It must be a message id of printable ASCII: a server (or somebody on the way) that
/// could choose other bytes could learn the password from MD5 collisions (CVE-2007-1558).
pub(super) fn apop_timestamp(greeting: &[u8]) -> Option<String> {
    let start = memchr::memchr(b'<', greeting)?;
    let rest = greeting.get(start..)?;
    let end = memchr::memchr(b'>', rest)?;
    let timestamp = std::str::from_utf8(rest.get(..=end)?).ok()?;
    let (local, domain) = timestamp.strip_prefix('<')?.strip_suffix('>')?.split_once('@')?;
    let sound = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'@'))
    };
    (sound(local) && sound(domain)).then(|| timestamp.to_owned())
}

fn cram_md5(challenge: &[u8], identity: Identity<'_>) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Md5>::new_from_slice(identity.password.as_bytes()).ok()?;
    mac.update(challenge);
    Some(format!("{} {}", identity.user, hex(&mac.finalize().into_bytes())).into_bytes())
}

/// The answer to a CRAM-MD5 challenge (RFC 2195), both in base64, as SMTP has it too (RFC 4954); None where the challenge
/// is no base64.
pub fn cram_md5_answer(challenge: &str, user: &str, password: &str) -> Option<String> {
    let identity = Identity {
        user,
        password,
        host: "",
        port: 0,
    };
    Some(encode(&cram_md5(&decode(challenge.as_bytes())?, identity)?))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIM: Identity<'_> = Identity {
        user: "tim",
        password: "tanstaaftanstaaf",
        host: "mail.example.jp",
        port: 995,
    };

    #[test]
    fn apop_answers_as_in_rfc_1939() {
        let greeting = b"POP3 server ready <1896.697170952@dbc.mtview.ca.us>";
        let timestamp = apop_timestamp(greeting).unwrap();
        assert_eq!(
            apop_digest(&timestamp, "tanstaaf"),
            "c4c9334bac560ecc979e58001b3e22fb"
        );
    }

    #[test]
    fn cram_md5_answers_as_in_rfc_2195() {
        let challenge = b"PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+";
        let (answer, next) = Exchange::Waiting(Mechanism::CramMd5)
            .answer(challenge, TIM)
            .unwrap();
        assert_eq!(answer, b"tim b913a602c7eda7a495b4e6e7334d3890");
        assert_eq!(next, Exchange::Answered(Mechanism::CramMd5));
    }

    #[test]
    fn a_greeting_without_a_sound_message_id_has_no_apop_timestamp() {
        for greeting in [
            &b"ready"[..],
            b"<>",
            b"<@>",
            b"<a@>",
            b"<\xff\x01@x>",
            b"<a b@x>",
            b"<a@b@c>",
            b"ready <1.2@host",
        ] {
            assert_eq!(
                apop_timestamp(greeting),
                None,
                "{}",
                String::from_utf8_lossy(greeting)
            );
        }
    }

    #[test]
    fn a_bearer_name_cannot_break_out_of_its_field() {
        let identity = Identity { user: "a,b=c", ..TIM };
        let response = initial_response(Mechanism::OAuthBearer, identity).unwrap();
        assert!(response.starts_with(b"n,a=a=2Cb=3Dc,\x01host=mail.example.jp\x01port=995\x01auth=Bearer "));
    }
}
