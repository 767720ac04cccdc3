//! `karamail password`: keep or forget a mailbox's password.

use karamail_core::words::commands as words;
use karamail_engine::config::{Mailbox, SmtpAuthentication};
use karamail_engine::secrets::{SecretKind, Secrets, Stored};

use crate::arguments::{PasswordAction, PasswordOf};
use crate::context::{Context, Failure, ask, purpose};
use crate::exit::Exit;
use crate::output;

/// Keeps or forgets the password.
pub(crate) async fn run(context: &Context, action: &PasswordAction) -> Result<Exit, Failure> {
    let settings = context.settings()?;
    let secrets = Secrets::open(&context.data_dir);
    match action {
        PasswordAction::Set(of) => {
            set(
                context,
                &secrets,
                context.mailbox(&settings, of.mailbox.as_deref())?,
                of,
            )
            .await
        }
        PasswordAction::Clear { all: true, .. } => {
            let tell = |mailbox: &Mailbox| {
                output::line(&words::password_cleared(context.language, &mailbox.name));
            };
            secrets.clear_all(&settings.mailboxes, tell).await?;
            Ok(Exit::Done)
        }
        PasswordAction::Clear { of, all: false } => {
            clear(
                context,
                &secrets,
                context.mailbox(&settings, of.mailbox.as_deref())?,
                of,
            )
            .await
        }
    }
}

async fn set(
    context: &Context,
    secrets: &Secrets,
    mailbox: &Mailbox,
    of: &PasswordOf,
) -> Result<Exit, Failure> {
    let language = context.language;
    let kinds = kinds(mailbox, of);
    let label = match kinds.as_slice() {
        [kind] => purpose(*kind, language),
        _ => words::purpose_both(language),
    };
    let password = ask(&words::password_prompt(language, &mailbox.name, &label))?;
    if password.is_empty() {
        return Err(Failure::said(Exit::Password, words::password_empty(language)));
    }
    for kind in kinds {
        let place = match secrets.set(mailbox, kind, &password).await? {
            Stored::Keyring => words::place_keyring(language),
            Stored::File(path) => path.display().to_string(),
            // A command that ends at once has nothing to remember it for.
            Stored::ThisRun => {
                return Err(Failure::said(
                    Exit::Password,
                    words::password_not_kept(language, &mailbox.name),
                ));
            }
        };
        output::line(&words::password_kept(
            language,
            &mailbox.name,
            &purpose(kind, language),
            &place,
        ));
    }
    Ok(Exit::Done)
}

async fn clear(
    context: &Context,
    secrets: &Secrets,
    mailbox: &Mailbox,
    of: &PasswordOf,
) -> Result<Exit, Failure> {
    for kind in kinds(mailbox, of) {
        secrets.clear(mailbox, kind).await?;
    }
    output::line(&words::password_cleared(context.language, &mailbox.name));
    Ok(Exit::Done)
}

/// The logins that were meant: one, or every one that the mailbox has of its own.
fn kinds(mailbox: &Mailbox, of: &PasswordOf) -> Vec<SecretKind> {
    let smtp_has_its_own =
        mailbox.smtp.authentication == SmtpAuthentication::Password && !mailbox.smtp.same_credentials_as_pop3;
    match (of.pop3, of.smtp) {
        (true, _) => vec![SecretKind::Pop3],
        (_, true) => vec![SecretKind::Smtp],
        _ if smtp_has_its_own => vec![SecretKind::Pop3, SecretKind::Smtp],
        _ => vec![SecretKind::Pop3],
    }
}
