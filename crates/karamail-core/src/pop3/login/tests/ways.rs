//! Which way to log in is taken, and how each goes.

use super::*;

#[test]
fn in_clear_what_hides_the_password_comes_first() {
    // RFC 1939 section 7, with its password.
    let apop = LoginSettings {
        user: "mrose",
        password: "tanstaaf",
        ..SETTINGS
    };
    let greeting = ("", "+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n");
    let login = (
        "APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n",
        "+OK maildrop has 1 message\r\n",
    );
    check(apop, &[greeting, NO_CAPA, login]).unwrap();
    let cram = LoginSettings {
        user: "tim",
        password: "tanstaaftanstaaf",
        ..SETTINGS
    };
    check(
        cram,
        &[
            greeting,
            ("CAPA\r\n", "+OK\r\nSASL PLAIN CRAM-MD5\r\nUSER\r\n.\r\n"),
            (
                "AUTH CRAM-MD5\r\n",
                "+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n",
            ),
            ("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n", "+OK\r\n"),
            ("CAPA\r\n", "-ERR\r\n"),
        ],
    )
    .unwrap();
}

#[test]
fn announced_apop_that_does_not_work_falls_back_to_the_password_the_setting_allows() {
    let script = [
        ("", "+OK <1.2@host>\r\n"),
        NO_CAPA,
        (
            "APOP taro c5ed65ae5c4e1cb5d3d2ab4f4b8a4d24\r\n",
            "-ERR no APOP for you\r\n",
        ),
        ("USER taro\r\n", "+OK\r\n"),
        ("PASS himitsu\r\n", "+OK\r\n"),
    ];
    let digest = apop_digest("<1.2@host>", "himitsu");
    let apop = format!("APOP taro {digest}\r\n");
    let with = |apop_answer| {
        let mut script = script;
        script[2] = (&apop, apop_answer);
        script
    };
    check(SETTINGS, &with("-ERR no APOP for you\r\n")).unwrap();
    // Not where the mailbox is in use, and not over TLS.
    assert_eq!(
        problem(SETTINGS, &with("-ERR [IN-USE] locked\r\n")[..3]),
        (Step::Apop, Problem::InUse)
    );
    let explicit = LoginSettings {
        authentication: Authentication::Apop,
        ..TLS
    };
    assert_eq!(
        problem(explicit, &with("-ERR no\r\n")[..3]),
        (Step::Apop, Problem::WrongPassword)
    );
    // A server that hangs up on the second try said why at the first.
    let mut login = with("-ERR wrong\r\n")[..3].to_vec();
    login.push(("USER taro\r\n", ""));
    let fault = check(SETTINGS, &login).unwrap_err();
    assert_eq!((fault.step, fault.said.as_deref()), (Step::Apop, Some("wrong")));
}

#[test]
fn auth_takes_an_initial_response_only_where_rfc_5034_is_spoken_and_it_fits() {
    let plain = LoginSettings {
        authentication: Authentication::Sasl(Mechanism::Plain),
        ..TLS
    };
    let response = "AHRhcm8AaGltaXRzdQ==\r\n";
    let sasl = ("CAPA\r\n", "+OK\r\nSASL PLAIN\r\n.\r\n");
    check(
        plain,
        &[
            GREETING,
            sasl,
            (&format!("AUTH PLAIN {response}"), "+OK\r\n"),
            ("CAPA\r\n", "-ERR\r\n"),
        ],
    )
    .unwrap();
    check(
        plain,
        &[
            GREETING,
            NO_CAPA,
            ("AUTH PLAIN\r\n", "+ \r\n"),
            (response, "+OK\r\n"),
        ],
    )
    .unwrap();
    let token = "t".repeat(300);
    let long = LoginSettings {
        password: &token,
        ..plain
    };
    let response = format!("{}\r\n", encode(format!("\0taro\0{token}").as_bytes()));
    check(
        long,
        &[
            GREETING,
            sasl,
            ("AUTH PLAIN\r\n", "+\r\n"),
            (&response, "+OK\r\n"),
            ("CAPA\r\n", "-ERR\r\n"),
        ],
    )
    .unwrap();
}

#[test]
fn over_tls_a_mechanism_that_is_announced_but_missing_is_replaced_and_a_wrong_password_is_not_tried_twice() {
    let sasl = ("CAPA\r\n", "+OK\r\nSASL PLAIN\r\nUSER\r\n.\r\n");
    let auth = "AUTH PLAIN AHRhcm8AaGltaXRzdQ==\r\n";
    check(
        TLS,
        &[
            GREETING,
            sasl,
            (auth, "-ERR Unknown command\r\n"),
            ("USER taro\r\n", "+OK\r\n"),
            ("PASS himitsu\r\n", "+OK\r\n"),
            ("CAPA\r\n", "-ERR\r\n"),
        ],
    )
    .unwrap();
    assert_eq!(
        problem(TLS, &[GREETING, sasl, (auth, "-ERR [AUTH] no\r\n")]),
        (Step::Auth(Mechanism::Plain), Problem::WrongPassword)
    );
}

#[test]
fn login_gives_name_then_password() {
    let login = LoginSettings {
        authentication: Authentication::Sasl(Mechanism::Login),
        ..TLS
    };
    check(
        login,
        &[
            GREETING,
            NO_CAPA,
            ("AUTH LOGIN\r\n", "+ VXNlcm5hbWU6\r\n"),
            ("dGFybw==\r\n", "+ UGFzc3dvcmQ6\r\n"),
            ("aGltaXRzdQ==\r\n", "+OK\r\n"),
        ],
    )
    .unwrap();
}

#[test]
fn a_refused_token_is_explained_by_the_challenge() {
    let token = LoginSettings {
        authentication: Authentication::Sasl(Mechanism::XOAuth2),
        ..TLS
    };
    let response = format!("{}\r\n", encode(b"user=taro\x01auth=Bearer himitsu\x01\x01"));
    let explanation = format!("+ {}\r\n", encode(br#"{"status":"401"}"#));
    let script = [
        GREETING,
        NO_CAPA,
        ("AUTH XOAUTH2\r\n", "+ \r\n"),
        (&response, &explanation),
        ("\r\n", "-ERR [AUTH] Invalid credentials\r\n"),
    ];
    assert_eq!(
        problem(token, &script),
        (Step::Auth(Mechanism::XOAuth2), Problem::WrongPassword)
    );
    // Should the server hang up instead, its explanation is what is told.
    let mut hung_up = script;
    hung_up[4].1 = "";
    assert_eq!(
        check(token, &hung_up).unwrap_err().said.as_deref(),
        Some(r#"{"status":"401"}"#)
    );
}

#[test]
fn a_server_that_wants_encryption_first_gets_no_password() {
    let capa = ("CAPA\r\n", "+OK\r\nSTLS\r\nTOP\r\n.\r\n");
    assert_eq!(
        problem(SETTINGS, &[GREETING, capa, ("", "")]),
        (Step::UserPass, Problem::EncryptionRequired)
    );
    let told = "-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.\r\n";
    assert_eq!(
        problem(SETTINGS, &[GREETING, NO_CAPA, ("USER taro\r\n", told)]),
        (Step::UserPass, Problem::EncryptionRequired)
    );
}
