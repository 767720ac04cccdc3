//! The steps of a test, a row each, made from its ticks.

use std::sync::Arc;

use karamail_core::words::screens::test as words;
use karamail_core::words::{Language, Told};
use karamail_engine::program::{TestEnd, TestRun};
use karamail_engine::self_test::{Detail, Step, StepResult, TestFault, Tick};

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Begun,
    Done,
    /// The settings do without it.
    LeftOut,
    Failed,
    CalledOff,
}

impl Mark {
    /// As it is drawn.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Mark::Begun => "…",
            Mark::Done => "○",
            Mark::Failed => "×",
            Mark::LeftOut | Mark::CalledOff => "－",
        }
    }

    /// The colour's name.
    pub(super) fn class(self) -> &'static str {
        match self {
            Mark::Begun => "busy",
            Mark::Done => "good",
            Mark::Failed => "bad",
            Mark::LeftOut => "warn",
            Mark::CalledOff => "idle",
        }
    }

    /// For those who do not see it.
    pub(super) fn word(self, language: Language) -> String {
        match self {
            Mark::Begun => words::mark_begun(language),
            Mark::Done => words::mark_done(language),
            Mark::Failed => words::mark_failed(language),
            Mark::LeftOut => words::mark_left_out(language),
            Mark::CalledOff => words::mark_called_off(language),
        }
    }
}

/// One step on the page.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) mark: Mark,
    pub(super) label: String,
    /// What was reached, or what failed.
    pub(super) what: Option<String>,
    /// Only of a failure.
    pub(super) advice: Option<String>,
    /// Where in the settings of the mailbox it can be mended: the place on that page, and the words of the link.
    pub(super) mend: Option<(String, String)>,
}

/// The rows of a test, in order; `place` is that of its mailbox in the settings, from 1 on.
pub(super) fn rows(run: &TestRun, place: usize, language: Language) -> Vec<Row> {
    let end = run.end();
    settled(&run.ticks())
        .into_iter()
        // A step that another answer has made needless has no word to say.
        .filter(|tick| {
            !matches!(
                (&tick.result, end),
                (StepResult::Begun, Some(TestEnd::Passed | TestEnd::Failed))
            )
        })
        .map(|tick| row(&tick, end, run.wait_seconds(), place, language))
        .collect()
}

/// The last word on each step. A session that is opened once more, because another had the mailbox, begins its steps anew.
fn settled(ticks: &[Arc<Tick>]) -> Vec<Arc<Tick>> {
    let mut settled: Vec<Arc<Tick>> = Vec::new();
    for tick in ticks {
        let Some(place) = settled.iter().position(|known| known.step == tick.step) else {
            settled.push(Arc::clone(tick));
            continue;
        };
        let was_under_way = settled
            .last()
            .is_some_and(|last| matches!(last.result, StepResult::Begun));
        let begins_anew = matches!(tick.result, StepResult::Begun) && was_under_way;
        if begins_anew {
            settled.truncate(place);
            settled.push(Arc::clone(tick));
        } else if let Some(known) = settled.get_mut(place) {
            *known = Arc::clone(tick);
        }
    }
    settled
}

fn row(tick: &Tick, end: Option<TestEnd>, wait_seconds: u64, place: usize, language: Language) -> Row {
    let mut row = Row {
        mark: Mark::Done,
        label: label(tick.step, language),
        what: None,
        advice: None,
        mend: None,
    };
    match &tick.result {
        StepResult::Begun if end == Some(TestEnd::CalledOff) => row.mark = Mark::CalledOff,
        StepResult::Begun => {
            row.mark = Mark::Begun;
            row.what = tick.told(language, wait_seconds);
        }
        StepResult::Done(detail) => {
            if matches!(detail, Detail::Unprotected | Detail::NoPasswordNeeded) {
                row.mark = Mark::LeftOut;
            }
            row.what = tick.told(language, wait_seconds);
        }
        StepResult::Failed(fault) => {
            row.mark = Mark::Failed;
            row.what = Some(fault.what(language));
            row.advice = fault.on_screen(language);
            row.mend = mend(tick.step, fault, place, language);
        }
    }
    row
}

/// The field that is most likely wrong: its id on the mailbox's settings page, and the words of the link.
fn mend(step: Step, fault: &TestFault, place: usize, language: Language) -> Option<(String, String)> {
    let field = |key: &str| format!("mailbox-{place}-{key}");
    let pop3 = |key| Some((field(key), words::mend_pop3(language)));
    let smtp = |key| Some((field(key), words::mend_smtp(language)));
    match step {
        Step::Pop3Password | Step::Pop3Login => {
            Some(("password-pop3".to_owned(), words::mend_password(language)))
        }
        // Its own password is only there where it has one: the heading is always.
        Step::SmtpPassword | Step::SmtpLogin => {
            Some(("group-smtp".to_owned(), words::mend_password(language)))
        }
        Step::Pop3Name | Step::Pop3List => pop3("pop3-host"),
        Step::Pop3Connect => pop3("pop3-port"),
        Step::Pop3Tls => pop3("pop3-security"),
        Step::SmtpName | Step::SmtpMail | Step::EmptyMail | Step::SubjectMail => smtp("smtp-host"),
        Step::SmtpConnect => smtp("smtp-port"),
        Step::SmtpTls => smtp("smtp-security"),
        Step::EmptyArrival | Step::SubjectArrival => match fault {
            TestFault::NothingArrives | TestFault::EmptyBinned => {
                Some((field("address"), words::mend_mailbox(language)))
            }
            TestFault::Pop3(_) => pop3("pop3-host"),
            _ => None,
        },
        Step::Deletion => None,
    }
}

fn label(step: Step, language: Language) -> String {
    match step {
        Step::Pop3Password => words::step_pop3_password(language),
        Step::SmtpPassword => words::step_smtp_password(language),
        Step::Pop3Name => words::step_pop3_name(language),
        Step::Pop3Connect => words::step_pop3_connect(language),
        Step::Pop3Tls | Step::SmtpTls => words::step_tls(language),
        Step::Pop3Login => words::step_pop3_login(language),
        Step::Pop3List => words::step_pop3_list(language),
        Step::SmtpName => words::step_smtp_name(language),
        Step::SmtpConnect => words::step_smtp_connect(language),
        Step::SmtpLogin => words::step_smtp_login(language),
        Step::SmtpMail => words::step_smtp_mail(language),
        Step::EmptyMail => words::step_empty_mail(language),
        Step::EmptyArrival => words::step_empty_arrival(language),
        Step::SubjectMail => words::step_subject_mail(language),
        Step::SubjectArrival => words::step_subject_arrival(language),
        Step::Deletion => words::step_deletion(language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(step: Step, result: StepResult) -> Arc<Tick> {
        Arc::new(Tick { step, result })
    }

    fn done(step: Step) -> Arc<Tick> {
        tick(step, StepResult::Done(Detail::Nothing))
    }

    fn begun(step: Step) -> Arc<Tick> {
        tick(step, StepResult::Begun)
    }

    fn steps(ticks: &[Arc<Tick>]) -> Vec<(Step, &'static str)> {
        let settled = settled(ticks);
        settled
            .iter()
            .map(|tick| (tick.step, tick.result_name()))
            .collect()
    }

    #[test]
    fn a_step_has_one_row_with_the_last_word_on_it() {
        let ticks = [
            begun(Step::Pop3Name),
            done(Step::Pop3Name),
            begun(Step::Pop3Connect),
        ];
        assert_eq!(
            steps(&ticks),
            [(Step::Pop3Name, "done"), (Step::Pop3Connect, "begun")]
        );
    }

    #[test]
    fn a_session_that_is_opened_again_begins_its_rows_anew() {
        let ticks = [
            done(Step::Pop3Password),
            done(Step::Pop3Name),
            done(Step::Pop3Connect),
            begun(Step::Pop3Login),
            begun(Step::Pop3Name),
        ];
        assert_eq!(
            steps(&ticks),
            [(Step::Pop3Password, "done"), (Step::Pop3Name, "begun")]
        );
    }

    #[test]
    fn the_verdict_on_empty_subjects_stands_at_the_mail_without_a_subject() {
        let failed = |fault| StepResult::Failed(Box::new(fault));
        let late = failed(TestFault::NotArrived { seconds: 180 });
        let ticks = [
            done(Step::EmptyMail),
            begun(Step::EmptyArrival),
            tick(Step::EmptyArrival, late),
            done(Step::SubjectMail),
            begun(Step::SubjectArrival),
            done(Step::SubjectArrival),
            tick(Step::EmptyArrival, failed(TestFault::EmptyBinned)),
        ];
        let settled = settled(&ticks);
        let row = row(&settled[1], Some(TestEnd::Failed), 180, 1, Language::Japanese);
        assert_eq!((settled.len(), row.mark), (4, Mark::Failed));
        assert!(row.what.unwrap().contains("件名のあるメールだけが届きました"));
        assert!(row.advice.unwrap().contains("ほかの提供元"));
    }

    #[test]
    fn no_advice_of_this_screen_names_a_command() {
        let faults = [
            TestFault::NotDeleted { mails: 1 },
            TestFault::NothingArrives,
            TestFault::EmptyBinned,
            TestFault::NotArrived { seconds: 1 },
        ];
        for fault in faults {
            for language in [Language::Japanese, Language::English] {
                let advice = fault.on_screen(language).unwrap();
                assert!(!advice.contains("karamail "), "{advice}");
            }
        }
    }
}
