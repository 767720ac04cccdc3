//! `karamail results show`: everything about one number.

use karamail_core::words::{Language, Told, data as words};
use karamail_engine::export;
use karamail_engine::store::consents::{Consent, Wording, consent_of};
use karamail_engine::store::results::{HistoryStep, ResultRow, Wanted, history, results};
use karamail_engine::store::{Readers, Store};
use serde::Serialize;

use crate::arguments;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;

#[derive(Serialize)]
struct Everything<'a> {
    #[serde(flatten)]
    row: &'a ResultRow,
    consent: Option<&'a Consent>,
    history: &'a [HistoryStep],
}

/// Prints address, delivery history and consent of a number; reads beside a running program.
pub(crate) async fn run(context: &Context, one: &arguments::OneNumber) -> Result<Exit, Failure> {
    let (row, readers) = find(context, one).await?;
    let consent = consent_of(&readers, &row.series, row.number).await?;
    let history = history(&readers, &row.series, row.number).await?;
    if context.json {
        output::json_line(&Everything {
            row: &row,
            consent: consent.as_ref(),
            history: &history,
        })?;
    } else {
        print(&row, consent.as_ref(), &history, context.language);
    }
    Ok(Exit::Done)
}

/// The number's row, and the ledger it is in.
pub(super) async fn find(
    context: &Context,
    one: &arguments::OneNumber,
) -> Result<(ResultRow, Readers), Failure> {
    let language = context.language;
    let none = || Failure::said(Exit::Failed, words::no_such_number(language, one.number));
    let readers = Store::open_to_read(&context.data_dir).await?.ok_or_else(none)?;
    let wanted = Wanted {
        series: one.series.clone(),
        number: Some(one.number),
        ..Wanted::default()
    };
    let mut rows = results(&readers, &wanted).await?;
    rows.sort_by(|one, other| one.series.cmp(&other.series));
    if rows.len() > 1 {
        let series: Vec<String> = rows.iter().map(|row| output::harmless(&row.series)).collect();
        let text = words::several_series(language, one.number, &series.join(", "));
        return Err(Failure::said(Exit::Usage, text));
    }
    Ok((rows.pop().ok_or_else(none)?, readers))
}

fn print(row: &ResultRow, consent: Option<&Consent>, history: &[HistoryStep], language: Language) {
    output::line(&words::show_number(
        language,
        row.number,
        &output::harmless(&row.series),
    ));
    output::line(&words::show_address(
        language,
        &output::address(&export::address(row, language)),
    ));
    output::line(&words::show_given(
        language,
        &export::time(row.given_at),
        &row.mailbox,
    ));
    let person = export::person(row, language);
    if !person.is_empty() {
        output::line(&person);
    }
    output::line(&words::show_delivery(language, &row.delivery.what(language)));
    output::line(&words::show_history(language));
    for step in history {
        let at = jiff::Timestamp::from_millisecond(step.at_milliseconds).unwrap_or_default();
        let said = step.said.as_deref().map(output::harmless).unwrap_or_default();
        output::line(format!("  {}  {} ({})  {said}", export::time(at), step.state, step.kind).trim_end());
    }
    let Some(consent) = consent else {
        output::line(&words::show_no_consent(language));
        return;
    };
    output::line(&words::show_consent(language));
    output::line(&format!(
        "  {}",
        words::consent_at(language, &export::time(consent.at), &consent.mailbox)
    ));
    if let Some(mailed_at) = consent.mailed_at {
        output::line(&format!(
            "  {}",
            words::consent_mailed(language, &export::time(mailed_at))
        ));
    }
    wording(
        &words::consent_template(language, version(&consent.template)),
        &consent.template,
    );
    match &consent.invitation {
        Some(invitation) => wording(
            &words::consent_invitation(language, version(invitation)),
            invitation,
        ),
        None => output::line(&format!("  {}", words::consent_no_invitation(language))),
    }
}

/// Enough of the digest to tell versions apart.
fn version(wording: &Wording) -> &str {
    wording.sha256.get(..12).unwrap_or_default()
}

fn wording(title: &str, wording: &Wording) {
    output::line(&format!("  {title}"));
    for line in wording.text.lines() {
        output::line(format!("    {}", output::harmless(line)).trim_end());
    }
}
