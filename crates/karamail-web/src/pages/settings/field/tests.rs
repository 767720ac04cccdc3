use karamail_engine::config::keys::SECTIONS;

use super::*;

#[test]
fn every_key_and_every_choice_has_a_name_in_both_languages() {
    let english = |text: &str| text.is_ascii() || text.contains(Language::Japanese.name());
    for section in SECTIONS {
        for key in section.keys {
            let path = format!("{}.{}", section.path, key.name);
            for language in [Language::Japanese, Language::English] {
                let name = label(&path, language).expect(&path);
                assert!(
                    !name.is_empty() && (language == Language::Japanese || english(name)),
                    "{path}"
                );
                let Kind::Choice(values) = key.kind else { continue };
                for value in values {
                    assert!(choice_label(&path, value, language).is_some(), "{path} {value}");
                }
            }
        }
    }
}

#[test]
fn numbers_are_read_as_people_type_them() {
    let kind = Kind::Number { min: 5, max: 86_400 };
    let number = |typed| read(kind, typed);
    assert_eq!(number("１５"), Ok(Some(SettingValue::Number(15))));
    assert_eq!(number(" 1,000 "), Ok(Some(SettingValue::Number(1_000))));
    assert_eq!(number("  "), Ok(None));
    assert_eq!(
        number("-1"),
        Ok(Some(SettingValue::Number(-1))),
        "bounds are judged elsewhere"
    );
    assert!(matches!(number("abc"), Err(FaultKind::NotAllowed { .. })));
    assert!(number("1.5").is_err() && number("99999999999999999999").is_err());
}

#[test]
fn a_key_stays_absent_while_its_field_shows_what_holds_without_it() {
    let interval = Asked::key("general.check_interval_seconds");
    assert_eq!(interval.shown(None), "15");
    assert!(interval.is_same(None, Some(&SettingValue::Number(15))));
    assert!(!interval.is_same(None, Some(&SettingValue::Number(16))));
    assert!(!interval.is_same(
        Some(&FileValue::Text("15".into())),
        Some(&SettingValue::Number(15))
    ));
    let body = Asked::key("receipt.body").offering("★1★\n");
    assert!(body.is_same(None, Some(&SettingValue::Text("★1★\n".into()))));
    assert!(!body.is_same(Some(&FileValue::Text("x".into())), None));
    let words = Asked::key("guard.shop_words");
    assert!(words.is_same(Some(&FileValue::List(Vec::new())), None));
}

#[test]
fn paths_of_mailboxes_are_called_as_their_keys() {
    assert_eq!(plain_path("mailbox[12].pop3.port"), "mailbox.pop3.port");
    assert_eq!(id_of("mailbox[12].pop3.port"), "mailbox-12-pop3-port");
    let field = Field::of(
        &Asked::key("mailbox[2].pop3.security"),
        None,
        None,
        Language::Japanese,
    );
    assert_eq!((field.control, field.choices.len()), (Control::Choice, 4));
    assert!(field.choices[0].is_chosen && field.choices[0].value.is_empty());
}
