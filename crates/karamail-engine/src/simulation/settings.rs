//! The settings of a play.

use std::fmt::Write;
use std::path::Path;

use super::play::ports;
use super::random::Random;
use crate::config::Settings;

pub(super) fn settings(dice: &mut Random) -> Settings {
    let mailboxes = *dice.one_of(&[1, 1, 2]);
    let duplicate = *dice.one_of(&["repeat", "repeat", "repeat", "ignore", "new-number"]);
    let (hour, day, all) = *dice.one_of(&[(0, 0, 0), (0, 0, 0), (3, 10, 300), (1, 2, 4)]);
    let backlog = *dice.one_of(&[0, 0, 24]);
    let mut text = format!(
        "[general]\nlanguage = \"en\"\ncheck_interval_seconds = 15\n[duplicate]\naction = \"{duplicate}\"\n\
         [guard]\nlimit_address_per_hour = {hour}\nlimit_address_per_day = {day}\nlimit_mailbox_per_hour = {all}\n\
         backlog_hours = {backlog}\n"
    );
    for nth in 0..mailboxes {
        let (pop3, smtp) = ports(nth);
        let forward = *dice.one_of(&["", "forward_to = \"owner@elsewhere.example\"\n"]);
        let keep = *dice.one_of(&[
            "",
            "",
            "",
            "",
            "keep = \"keep\"\n",
            "keep = \"days\"\nkeep_days = 1\n",
        ]);
        let interval = *dice.one_of(&[0, 0, 0, 700]);
        let connections = *dice.one_of(&[1, 2, 4]);
        let authentication = *dice.one_of(&["none", "none", "none", "pop-before-smtp"]);
        let session = *dice.one_of(&[1_800, 1_800, 300]);
        write!(
            text,
            "[[mailbox]]\nname = \"counter{nth}\"\naddress = \"touroku{nth}@shop.example\"\n{forward}{keep}\
             [mailbox.pop3]\nhost = \"127.0.0.1\"\nport = {pop3}\nsecurity = \"none\"\nuser = \"touroku{nth}\"\n\
             read_timeout_seconds = 60\nsession_timeout_seconds = {session}\n\
             [mailbox.smtp]\nhost = \"127.0.0.1\"\nport = {smtp}\nsecurity = \"none\"\nauthentication = \"{authentication}\"\n\
             send_interval_milliseconds = {interval}\nconnections = {connections}\n"
        )
        .unwrap();
    }
    Settings::parse(&text, Path::new(".")).unwrap()
}
