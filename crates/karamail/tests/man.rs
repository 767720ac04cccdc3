//! The manual page karamail(1) names every command and option as the program's own parser knows them.
//! `KARAMAIL_WRITE_MAN=1 cargo test -p karamail --test man` writes it anew after a change.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "only the parser is asked, and it reads nothing")]
#[path = "../src/arguments.rs"]
mod arguments;

use std::fmt::Write as _;
use std::path::Path;

use clap::{Arg, Command, CommandFactory};

/// What the parser does not know.
const BEGIN: &str = r#".\" Written by crates/karamail/tests/man.rs; change it there.
.TH KARAMAIL 1 "" Karamail "User Commands"
.SH NAME
karamail \- an empty mail becomes a numbered member signup (空メール受付)
.SH SYNOPSIS
.B karamail
.RI [ OPTIONS ]
.I COMMAND
.SH DESCRIPTION
Karamail polls mailboxes over POP3. A mail from a person whose subject is empty is a signup: its sender gets the next
receipt number, answered over SMTP; the mail then leaves the server. Who writes again is told the same number. Other mail
is forwarded or kept as a copy, and automatic mail is never answered.
.PP
Messages are Japanese unless the settings or
.B \-\-lang
say otherwise.
.SH OPTIONS
Every command takes these.
"#;

const END: &str = r#".SH EXIT STATUS
.TP
.B 0
Everything asked for was done.
.TP
.B 1
Something asked for could not be done: a mailbox could not be read, a letter not be sent, a file not be read.
.TP
.B 2
The command line is wrong.
.TP
.B 3
The settings are missing or have faults.
.TP
.B 4
Another Karamail uses the data folder.
.TP
.B 5
The data folder or the ledger cannot be used.
.TP
.B 6
A password is missing or cannot be kept.
.SH ENVIRONMENT
.TP
.BR KARAMAIL_PASSWORD ", " KARAMAIL_POP3_PASSWORD ", " KARAMAIL_SMTP_PASSWORD
Passwords; CONFIG.md has the names for one mailbox of several.
.TP
.B KARAMAIL_KEYRING
With
.B off
no keyring is used.
.TP
.B KARAMAIL_LOG
How fine the diagnostic log is, such as
.BR debug .
Passwords are in it at no level.
.TP
.B KARAMAIL_DNS_SERVER
The name server to ask instead of the system's.
.SH FILES
.TP
.I ~/.config/karamail/karamail.toml
The settings.
.TP
.I ~/.local/share/karamail
The data: ledger, log, copies of mails. One Karamail at a time uses it. Never copy it while one does; use
.BR "karamail backup" .
.TP
.I /etc/karamail/NAME.toml\fR, \fI/var/lib/karamail/NAME
Settings and data of the service
.BR karamail@NAME .
.SH EXAMPLES
.nf
karamail demo \-\-customers 5 \-\-exit
karamail config init \-\-address touroku@example.jp
karamail password set
karamail test roundtrip
systemctl \-\-user enable \-\-now karamail
.fi
.SH SEE ALSO
.BR karamail\-tray (1),
.BR systemctl (1),
.I /usr/share/doc/karamail/manual.en.md
"#;

#[test]
fn the_manual_page_says_what_the_program_takes() {
    let mut command = arguments::Arguments::command();
    command.build();
    let mut page = BEGIN.to_owned();
    for argument in command.get_arguments() {
        write_argument(&mut page, argument);
    }
    page.push_str(".SH COMMANDS\n");
    write_commands(&mut page, &command);
    page.push_str(END);

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/linux/karamail.1");
    if std::env::var_os("KARAMAIL_WRITE_MAN").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap().replace('\r', "") == page,
        "the command line has changed: KARAMAIL_WRITE_MAN=1 writes {}",
        path.display()
    );
}

/// Every command that does something, those below others too.
fn write_commands(page: &mut String, above: &Command) {
    for command in above
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
    {
        if !command.is_subcommand_required_set() {
            let usage = command.clone().render_usage().to_string();
            let usage = usage.lines().next().unwrap_or_default();
            writeln!(page, ".SS {}", safe(usage.trim_start_matches("Usage: "))).unwrap();
            writeln!(page, "{}", safe(&command.get_about().unwrap().to_string())).unwrap();
            for argument in command.get_arguments().filter(|one| !one.is_global_set()) {
                write_argument(page, argument);
            }
        }
        write_commands(page, command);
    }
}

fn write_argument(page: &mut String, argument: &Arg) {
    if ["help", "version"].contains(&argument.get_id().as_str()) {
        return;
    }
    let shown = argument.to_string();
    writeln!(page, ".TP\n.B {}", safe(&shown)).unwrap();
    let mut said = argument.get_help().unwrap().to_string();
    if !said.ends_with('.') {
        said.push('.');
    }
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    if argument.get_action().takes_values() && !values.is_empty() {
        write!(said, " One of: {}.", values.join(", ")).unwrap();
    }
    let defaults: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if argument.get_action().takes_values() && !defaults.is_empty() {
        write!(said, " Default: {}.", defaults.join(", ")).unwrap();
    }
    if let Some(variable) = argument.get_env() {
        write!(said, " In the environment: {}.", variable.to_string_lossy()).unwrap();
    }
    writeln!(page, "{}", safe(&said)).unwrap();
}

/// Text that troff takes as it is.
fn safe(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-");
    match escaped.starts_with(['.', '\'']) {
        true => format!("\\&{escaped}"),
        false => escaped,
    }
}
