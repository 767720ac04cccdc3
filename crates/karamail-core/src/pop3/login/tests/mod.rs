//! Logins as conversations: what the client must say, what the server answers.

mod ways;

use proptest::prelude::*;

use super::*;

const GREETING: (&str, &str) = ("", "+OK ready\r\n");
const NO_CAPA: (&str, &str) = ("CAPA\r\n", "-ERR unknown command\r\n");
const SETTINGS: LoginSettings<'static> = LoginSettings {
    asks_capabilities: true,
    host: "pop.example.jp",
    port: 110,
    user: "taro",
    password: "himitsu",
    encryption: Encryption::None,
    authentication: Authentication::Auto,
};
const TLS: LoginSettings<'static> = LoginSettings {
    encryption: Encryption::Tls,
    ..SETTINGS
};
const STLS: LoginSettings<'static> = LoginSettings {
    encryption: Encryption::StartTls,
    ..SETTINGS
};

/// Goes through the conversation; `TLS` on the client's side is the handshake. Every line of the client is checked.
fn converse(
    settings: LoginSettings<'_>,
    script: &[(&str, &str)],
    cuts: impl IntoIterator<Item = usize>,
) -> Result<Capabilities, Fault> {
    let mut login = Login::new(settings);
    let mut cuts = cuts.into_iter();
    let mut event = None;
    for (client, server) in script {
        if *client == "TLS" {
            assert_eq!(event.take(), Some(LoginEvent::StartTls));
            login.tls_established(b"")?;
            continue;
        }
        let sent = String::from_utf8(std::mem::take(login.output())).unwrap();
        assert_eq!(sent, *client);
        let mut rest = server.as_bytes();
        while !rest.is_empty() {
            let (piece, _) = rest.split_at(cuts.next().unwrap_or(1).clamp(1, rest.len()));
            let (used, now) = login.advance(piece)?;
            rest = rest.get(used..).unwrap();
            match now {
                Some(LoginEvent::StartTls) if !rest.is_empty() => login.tls_established(rest)?,
                Some(LoginEvent::Ready) if !rest.is_empty() => break,
                _ => event = now,
            }
        }
    }
    if event == Some(LoginEvent::Ready) {
        return Ok(login.into_transaction().unwrap().capabilities().clone());
    }
    Err(login.interrupted(Problem::Dropped))
}

/// The same whole, byte by byte, and in odd pieces.
fn check(settings: LoginSettings<'_>, script: &[(&str, &str)]) -> Result<Capabilities, Fault> {
    let whole = converse(settings, script, std::iter::repeat(usize::MAX));
    assert_eq!(converse(settings, script, []), whole, "byte by byte");
    assert_eq!(
        converse(settings, script, std::iter::repeat(3)),
        whole,
        "in pieces of three"
    );
    whole
}

fn problem(settings: LoginSettings<'_>, script: &[(&str, &str)]) -> (Step, Problem) {
    let fault = check(settings, script).unwrap_err();
    (fault.step, fault.problem)
}

#[test]
fn user_and_pass_log_in_without_capa() {
    let capabilities = check(
        SETTINGS,
        &[
            GREETING,
            NO_CAPA,
            ("USER taro\r\n", "+OK\r\n"),
            ("PASS himitsu\r\n", "+OK 3 mails\r\n"),
        ],
    )
    .unwrap();
    assert!(!capabilities.known && !capabilities.pipelining);
}

#[test]
fn capabilities_are_asked_again_after_the_login() {
    let capabilities = check(
        TLS,
        &[
            GREETING,
            ("CAPA\r\n", "+OK\r\nUSER\r\nLOGIN-DELAY 60 USER\r\n.\r\n"),
            ("USER taro\r\n", "+OK\r\n"),
            ("PASS himitsu\r\n", "+OK\r\n"),
            (
                "CAPA\r\n",
                "+OK\r\nTOP\r\npipelining\r\nUIDL\r\nLOGIN-DELAY 30\r\nEXPIRE 14\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\n\
                 IMPLEMENTATION Dovecot\x1b[2J 2.3\r\nX-ODD thing\r\n\r\n.\r\n",
            ),
        ],
    )
    .unwrap();
    assert!(capabilities.known && capabilities.top && capabilities.pipelining && capabilities.uidl);
    assert!(capabilities.response_codes && capabilities.auth_response_code && !capabilities.user);
    assert_eq!(capabilities.login_delay, Some(std::time::Duration::from_secs(30)));
    assert_eq!(capabilities.expire, Some(super::super::Expire::Days(14)));
    assert_eq!(capabilities.implementation.as_deref(), Some("Dovecot [2J 2.3"));
}

#[test]
fn a_refused_second_capa_leaves_what_the_first_said() {
    let capabilities = check(
        TLS,
        &[
            GREETING,
            ("CAPA\r\n", "+OK\r\nUSER\r\nPIPELINING\r\n.\r\n"),
            ("USER taro\r\n", "+OK\r\n"),
            ("PASS himitsu\r\n", "+OK\r\n"),
            ("CAPA\r\n", "-ERR not now\r\n"),
        ],
    )
    .unwrap();
    assert!(capabilities.known && capabilities.pipelining);
}

#[test]
fn stls_forgets_what_was_said_before_it() {
    let capabilities = check(
        STLS,
        &[
            GREETING,
            ("CAPA\r\n", "+OK\r\nSTLS\r\nPIPELINING\r\nSASL CRAM-MD5\r\n.\r\n"),
            ("STLS\r\n", "+OK begin\r\n"),
            ("TLS", ""),
            ("CAPA\r\n", "+OK\r\nUSER\r\n.\r\n"),
            ("USER taro\r\n", "+OK\r\n"),
            ("PASS himitsu\r\n", "+OK\r\n"),
            ("CAPA\r\n", "+OK\r\nTOP\r\n.\r\n"),
        ],
    )
    .unwrap();
    assert!(capabilities.top && !capabilities.pipelining && capabilities.sasl.is_empty());
}

#[test]
fn without_stls_the_password_is_not_sent() {
    let stripped = ("CAPA\r\n", "+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n");
    assert_eq!(
        problem(STLS, &[GREETING, stripped, ("", "")]),
        (Step::Stls, Problem::StlsNotOffered)
    );
    let refused = [GREETING, NO_CAPA, ("STLS\r\n", "-ERR what?\r\n"), ("", "")];
    assert_eq!(problem(STLS, &refused), (Step::Stls, Problem::StlsRefused));
}

#[test]
fn plain_text_behind_the_ok_of_stls_is_an_injection() {
    let script = [GREETING, NO_CAPA, ("STLS\r\n", "+OK begin\r\n+OK injected\r\n")];
    let fault = converse(STLS, &script, std::iter::repeat(usize::MAX)).unwrap_err();
    assert_eq!(
        (fault.step, fault.problem, fault.said.as_deref()),
        (Step::Stls, Problem::PlaintextAfterStls, Some("+OK injected"))
    );
    assert_eq!(
        converse(STLS, &script, []).unwrap_err().problem,
        Problem::PlaintextAfterStls
    );
}

#[test]
fn utf8_is_asked_for_where_it_is_offered_and_its_refusal_does_not_matter() {
    for answer in ["+OK\r\n", "-ERR\r\n"] {
        check(
            TLS,
            &[
                GREETING,
                ("CAPA\r\n", "+OK\r\nUTF8 USER\r\nUSER\r\n.\r\n"),
                ("UTF8\r\n", answer),
                ("USER taro\r\n", "+OK\r\n"),
                ("PASS himitsu\r\n", "+OK\r\n"),
                ("CAPA\r\n", "-ERR\r\n"),
            ],
        )
        .unwrap();
    }
}

#[test]
fn greetings_of_many_lines_and_odd_ones_do_not_confuse() {
    let greetings = [
        "+OK\r\n",
        "+OK\n",
        "\r\n\r\n+OK late\r\n",
        "+ok small\r\n",
        "+OKready\r\n",
        "+OK ようこそ\x1b[2J\r\n",
        "+OK welcome\r\nto our server\r\n\r\nplease behave\r\n.\r\n",
        "+OK welcome\r\n+OK to our server\r\n+OK really\r\n",
    ];
    for greeting in greetings {
        for capa in ["-ERR no\r\n", "+OK\r\nUSER\r\n.\r\n"] {
            let mut script = vec![
                ("", greeting),
                ("CAPA\r\n", capa),
                ("USER taro\r\n", "+OK\r\n"),
                ("PASS himitsu\r\n", "+OK\r\n"),
            ];
            if capa.starts_with('+') {
                script.push(("CAPA\r\n", "-ERR\r\n"));
            }
            // The lines behind the first may come before or after CAPA is sent.
            let (first, more) = greeting
                .split_once("+OK")
                .map_or((greeting, ""), |(before, rest)| {
                    let end = before.len() + 3 + rest.find('\n').unwrap() + 1;
                    greeting.split_at(end)
                });
            let joined = format!("{more}{capa}");
            script[0].1 = first;
            script[1].1 = &joined;
            check(SETTINGS, &script).unwrap_or_else(|fault| panic!("{greeting:?}: {fault}"));
        }
    }
}

#[test]
fn other_protocols_are_garbage_and_a_refused_greeting_is_told_apart() {
    let greet = |text: &str| problem(SETTINGS, &[("", text)]);
    assert_eq!(
        greet("220 smtp.example.jp ESMTP\r\n"),
        (Step::Greeting, Problem::Garbage)
    );
    assert_eq!(greet("* OK IMAP4rev1\r\n"), (Step::Greeting, Problem::Garbage));
    assert_eq!(
        greet("HTTP/1.1 400 Bad Request"),
        (Step::Greeting, Problem::Garbage)
    );
    assert_eq!(greet("+OK half"), (Step::Greeting, Problem::Dropped));
    assert_eq!(greet(""), (Step::Greeting, Problem::Dropped));
    assert_eq!(greet("-ERR closed\r\n"), (Step::Greeting, Problem::Refused));
    assert_eq!(
        greet("-ERR [SYS/TEMP] later\r\n"),
        (Step::Greeting, Problem::SystemTemporary)
    );
    assert_eq!(greet("-ERR [IN-USE] later\r\n"), (Step::Greeting, Problem::InUse));
    let book = "line\r\n".repeat(100);
    assert_eq!(
        problem(SETTINGS, &[GREETING, ("CAPA\r\n", &book)]),
        (Step::Capa, Problem::Garbage)
    );
    assert_eq!(
        problem(SETTINGS, &[GREETING, ("CAPA\r\n", "what?\r\n")]),
        (Step::Capa, Problem::Garbage)
    );
}

#[test]
fn credentials_cannot_smuggle_a_command() {
    for (user, password) in [
        ("taro\r\nDELE 1", "x"),
        ("taro", "x\ny"),
        ("taro", ""),
        ("", "x"),
        ("a\0b", "x"),
    ] {
        let settings = LoginSettings {
            user,
            password,
            ..SETTINGS
        };
        assert_eq!(
            problem(settings, &[GREETING, NO_CAPA, ("", "")]),
            (Step::UserPass, Problem::CredentialsUnusable)
        );
    }
}

proptest! {
    #[test]
    fn any_split_gives_the_same_login(cuts in prop::collection::vec(1..30usize, 0..60)) {
        let script = [
            ("", "+OK hello\r\nthere\r\n"),
            ("CAPA\r\n", "+OK\r\nSASL LOGIN\r\nEXPIRE NEVER\r\n.\r\n"),
            ("AUTH LOGIN\r\n", "+ VXNlcm5hbWU6\r\n"),
            ("dGFybw==\r\n", "+ UGFzc3dvcmQ6\r\n"),
            ("aGltaXRzdQ==\r\n", "+OK\r\n"),
            ("CAPA\r\n", "-ERR\r\n"),
        ];
        let whole = converse(TLS, &script, std::iter::repeat(usize::MAX));
        prop_assert!(whole.is_ok());
        prop_assert_eq!(converse(TLS, &script, cuts), whole);
    }

    #[test]
    fn random_bytes_never_panic_at_login(
        bytes in prop::collection::vec(any::<u8>(), 0..3000),
        prefix in prop::sample::select(vec!["", "+OK\r\n", "+OK\r\n+OK\r\n", "+OK\r\n-ERR\r\n+OK\r\n"]),
    ) {
        for settings in [SETTINGS, TLS, STLS] {
            let mut login = Login::new(settings);
            let input = [prefix.as_bytes(), bytes.as_slice()].concat();
            let mut rest = input.as_slice();
            while let Ok((used, event)) = login.advance(rest) {
                rest = rest.get(used..).unwrap();
                if event.is_some() || rest.is_empty() {
                    break;
                }
            }
            let _ = login.interrupted(Problem::Dropped);
        }
    }
}
