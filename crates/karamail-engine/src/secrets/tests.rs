//! Where passwords are found, stored and removed.

use std::collections::BTreeMap;
use std::fs;

use super::*;

const TEXT: &str = r#"
[[mailbox]]
name = "本店"
address = "Honten@example.jp"
[mailbox.pop3]
host = "pop.example.jp"
user = "recent:honten"
[mailbox.smtp]
host = "smtp.example.jp"

[[mailbox]]
name = "Shop 2"
address = "two@example.jp"
[mailbox.pop3]
host = "pop.example.jp"
user = "two"
[mailbox.smtp]
host = "smtp.example.jp"
user = "sender"

[[mailbox]]
name = "shop-2"
address = "three@example.jp"
[mailbox.pop3]
host = "pop.example.jp"
user = "three"
save_password = false
[mailbox.smtp]
host = "smtp.example.jp"
authentication = "none"
"#;

fn settings() -> Settings {
    Settings::parse(TEXT, Path::new(".")).unwrap()
}

fn secrets(data: &Path, variables: &[(&str, &str)]) -> Secrets {
    let given: BTreeMap<_, _> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect();
    Secrets::with(data, Environment::Given(given), KeyringUse::Off)
}

async fn look(secrets: &Secrets, mailbox: usize, kind: SecretKind) -> Option<(String, SecretSource)> {
    let settings = settings();
    match secrets
        .get(&settings, &settings.mailboxes[mailbox], kind)
        .await
        .unwrap()
    {
        Lookup::Found { password, source } => Some((password.expose().to_owned(), source)),
        Lookup::Missing { .. } => None,
    }
}

#[tokio::test]
async fn a_variable_is_found_by_number_and_by_name_where_the_name_is_one_alone() {
    let data = tempfile::tempdir().unwrap();
    let variables = [
        ("KARAMAIL_1_POP3_PASSWORD", "one"),
        ("KARAMAIL_SHOP_2_POP3_PASSWORD", "ambiguous"),
        ("KARAMAIL_2_PASSWORD", "two\n"),
        ("KARAMAIL_2_SMTP_PASSWORD", ""),
        ("KARAMAIL_PASSWORD", "all"),
    ];
    let secrets = secrets(data.path(), &variables);
    let from =
        |password: &str, name: &str| Some((password.to_owned(), SecretSource::Environment(name.to_owned())));
    assert_eq!(
        look(&secrets, 0, SecretKind::Pop3).await,
        from("one", "KARAMAIL_1_POP3_PASSWORD")
    );
    assert_eq!(
        look(&secrets, 0, SecretKind::Smtp).await,
        from("one", "KARAMAIL_1_POP3_PASSWORD"),
        "the same as POP3"
    );
    assert_eq!(
        look(&secrets, 1, SecretKind::Smtp).await,
        from("two", "KARAMAIL_2_PASSWORD")
    );
    assert_eq!(
        look(&secrets, 2, SecretKind::Pop3).await,
        from("all", "KARAMAIL_PASSWORD")
    );
}

#[tokio::test]
async fn without_a_keyring_a_password_goes_to_the_file_and_is_cleared_there() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    let secrets = secrets(&data, &[]);
    let settings = settings();
    assert_eq!(look(&secrets, 0, SecretKind::Pop3).await, None);
    let password = Password::new("ひみつ\"'\\#");
    for (mailbox, kind) in [
        (0, SecretKind::Smtp),
        (1, SecretKind::Pop3),
        (1, SecretKind::Smtp),
    ] {
        let stored = secrets
            .set(&settings.mailboxes[mailbox], kind, &password)
            .await
            .unwrap();
        assert_eq!(stored, Stored::File(data.join("secrets.toml")));
    }
    let found = Some((password.expose().to_owned(), SecretSource::File));
    assert_eq!(look(&secrets, 0, SecretKind::Pop3).await, found);
    assert_eq!(look(&secrets, 1, SecretKind::Smtp).await, found);
    let cleared = secrets
        .clear(&settings.mailboxes[1], SecretKind::Smtp)
        .await
        .unwrap();
    assert_eq!(
        cleared,
        Cleared {
            file: true,
            keyring: false
        }
    );
    assert_eq!(look(&secrets, 1, SecretKind::Smtp).await, None);
    assert_eq!(
        look(&secrets, 1, SecretKind::Pop3).await,
        found,
        "the other one stays"
    );
    assert_eq!(
        secrets
            .clear(&settings.mailboxes[1], SecretKind::Smtp)
            .await
            .unwrap(),
        Cleared::default()
    );
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_secrets_file() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    let secrets = secrets(&data, &[]);
    let settings = settings();
    let mailbox = &settings.mailboxes[0];
    secrets
        .set(mailbox, SecretKind::Pop3, &Password::new("x"))
        .await
        .unwrap();
    let path = data.join("secrets.toml");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&data)), (0o600, 0o700));
    for bad in [0o640, 0o604, 0o660, 0o644] {
        fs::set_permissions(&path, fs::Permissions::from_mode(bad)).unwrap();
        let expected = SecretFault::OpenToOthers {
            path: path.clone(),
            mode: bad,
        };
        assert_eq!(
            secrets.get(&settings, mailbox, SecretKind::Pop3).await,
            Err(expected.clone())
        );
        assert!(expected.told(Language::Japanese).contains("chmod 600"));
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(secrets.get(&settings, mailbox, SecretKind::Pop3).await.is_ok());
}

fn write_private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[tokio::test]
async fn a_file_written_by_hand_may_name_the_mailbox_and_keeps_its_remarks() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("secrets.toml");
    write_private(
        &path,
        "# 覚え書き\n[\"本店\"]\npop3 = \"a\" # 古い\n\n[\"TWO@example.jp\"]\npop3 = \"b\"\n",
    );
    let secrets = secrets(data.path(), &[]);
    assert_eq!(look(&secrets, 0, SecretKind::Pop3).await.unwrap().0, "a");
    assert_eq!(look(&secrets, 1, SecretKind::Pop3).await.unwrap().0, "b");
    secrets
        .set(&settings().mailboxes[0], SecretKind::Pop3, &Password::new("c"))
        .await
        .unwrap();
    assert_eq!(look(&secrets, 0, SecretKind::Pop3).await.unwrap().0, "c");
    assert!(
        fs::read_to_string(&path)
            .unwrap()
            .starts_with("# 覚え書き\n[\"本店\"]\npop3 = \"c\"")
    );
}

#[tokio::test]
async fn no_error_about_the_file_shows_a_password() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("secrets.toml");
    let secrets = secrets(data.path(), &[]);
    let settings = settings();
    let mailbox = &settings.mailboxes[0];
    for (text, line) in [
        ("[\"本店\"]\npop3 = \"himitsu\nsmtp = \"himitsu\"\n", 2),
        ("\n[\"本店\"]\npop3 = himitsu\n", 3),
        ("[\"本店\"]\npop3 = [\"himitsu\"]\n", 2),
        ("[\"本店\"]\npop3 = \"himitsu\\nhimitsu\"\n", 2),
        ("\"本店\" = \"himitsu\"\n", 1),
    ] {
        write_private(&path, text);
        let fault = secrets
            .get(&settings, mailbox, SecretKind::Pop3)
            .await
            .unwrap_err();
        assert_eq!(
            fault,
            SecretFault::Malformed {
                path: path.clone(),
                line
            },
            "{text}"
        );
        let shown = format!("{fault:?} {fault} {}", fault.told(Language::Japanese));
        assert!(!shown.contains("himitsu"), "{shown}");
    }
}

#[tokio::test]
async fn a_mailbox_that_saves_no_password_asks_and_remembers_for_this_run_alone() {
    let data = tempfile::tempdir().unwrap();
    let secrets = secrets(data.path(), &[]);
    let settings = settings();
    let mailbox = &settings.mailboxes[2];
    let path = data.path().join("secrets.toml");
    write_private(&path, "[\"three@example.jp\"]\npop3 = \"from the file\"\n");
    let get = async || secrets.get(&settings, mailbox, SecretKind::Pop3).await.unwrap();
    assert_eq!(get().await, Lookup::Missing { ask: true });
    let stored = secrets
        .set(mailbox, SecretKind::Pop3, &Password::new("typed"))
        .await
        .unwrap();
    assert_eq!(stored, Stored::ThisRun);
    assert!(matches!(
        get().await,
        Lookup::Found {
            source: SecretSource::ThisRun,
            ..
        }
    ));
    secrets.forget_for_this_run(mailbox, SecretKind::Pop3);
    assert_eq!(get().await, Lookup::Missing { ask: true });
    let smtp = secrets
        .credentials(&settings, mailbox, SecretKind::Smtp)
        .await
        .unwrap();
    assert_eq!(smtp, CredentialsLookup::NotNeeded);
}

#[tokio::test]
async fn a_login_has_the_user_of_its_server() {
    let data = tempfile::tempdir().unwrap();
    let secrets = secrets(data.path(), &[("KARAMAIL_PASSWORD", "x")]);
    let settings = settings();
    let user = async |mailbox: usize, kind| {
        let found = secrets
            .credentials(&settings, &settings.mailboxes[mailbox], kind)
            .await
            .unwrap();
        let CredentialsLookup::Found(credentials) = found else {
            panic!("{found:?}")
        };
        credentials.user
    };
    assert_eq!(user(0, SecretKind::Pop3).await, "recent:honten");
    assert_eq!(user(0, SecretKind::Smtp).await, "honten");
    assert_eq!(user(1, SecretKind::Smtp).await, "sender");
}

#[tokio::test]
async fn what_would_break_a_login_line_is_no_password() {
    let data = tempfile::tempdir().unwrap();
    let settings = settings();
    let mailbox = &settings.mailboxes[0];
    for bad in ["", "a\r\nDELE 1", "a\nb", "a\0b", &"x".repeat(PASSWORD_BYTES + 1)] {
        let secrets = secrets(data.path(), &[("KARAMAIL_PASSWORD", bad)]);
        let set = secrets.set(mailbox, SecretKind::Pop3, &Password::new(bad)).await;
        assert_eq!(set, Err(SecretFault::NoPassword), "{bad:?}");
        if !bad.is_empty() {
            let found = secrets.get(&settings, mailbox, SecretKind::Pop3).await;
            assert_eq!(
                found,
                Err(SecretFault::BadVariable("KARAMAIL_PASSWORD".to_owned())),
                "{bad:?}"
            );
        }
    }
}

#[test]
fn no_formatting_shows_a_password() {
    let password = Password::new("himitsu");
    let credentials = Credentials {
        user: "a".to_owned(),
        password: password.clone(),
    };
    let lookup = Lookup::Found {
        password,
        source: SecretSource::File,
    };
    assert!(!format!("{credentials:?} {lookup:?} {credentials:#?}").contains("himitsu"));
}

#[tokio::test]
async fn what_is_refused_does_not_keep_the_other_passwords_from_being_cleared() {
    let (data, settings) = (tempfile::tempdir().unwrap(), settings());
    let secrets = secrets(data.path(), &[]);
    for mailbox in &settings.mailboxes {
        for kind in [SecretKind::Pop3, SecretKind::Smtp] {
            secrets.remember_for_this_run(mailbox, kind, Password::new("typed"));
        }
    }
    let file = data.path().join("secrets.toml");
    let kept = Password::new("kept");
    let first = &settings.mailboxes[0];
    secrets.set(first, SecretKind::Pop3, &kept).await.unwrap();
    let whole = fs::read(&file).unwrap();
    fs::write(&file, "no table").unwrap();
    let mut done = Vec::new();
    let fault = secrets
        .clear_all(&settings.mailboxes, |mailbox| done.push(mailbox.name.clone()))
        .await
        .unwrap_err();
    assert!(matches!(fault, SecretFault::Malformed { .. }), "{fault}");
    assert!(secrets.this_run().is_empty(), "every one was tried");
    assert!(done.is_empty(), "and none is told as done");

    fs::write(&file, whole).unwrap();
    let tell = |mailbox: &Mailbox| done.push(mailbox.name.clone());
    secrets.clear_all(&settings.mailboxes, tell).await.unwrap();
    assert_eq!(done.len(), settings.mailboxes.len());
}
