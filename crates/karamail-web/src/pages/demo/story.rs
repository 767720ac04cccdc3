//! What became of each mail, step by step: the visitor's mails, the engine's events and the ledger put together.

use jiff::Timestamp;
use karamail_core::address::EmailAddress;
use karamail_core::decide::Reason;
use karamail_core::journal::{Event, EventKind};
use karamail_core::words::screens::demo as words;
use karamail_core::words::{Language, Told};
use karamail_engine::engine::Handle;
use karamail_engine::program::Act;
use karamail_engine::store::StoreError;
use karamail_engine::store::events::{StoredEvent, newest_events};
use karamail_engine::store::purge::gone_among;

/// Events that are looked at: those of the mails that are shown, and some.
const EVENTS: u32 = 400;

/// One mail.
#[derive(Debug)]
pub(super) struct Story {
    /// Who sent it; empty where it does not say.
    pub(super) address: String,
    /// The key of that address.
    pub(super) key: String,
    pub(super) at: Timestamp,
    pub(super) number: Option<i64>,
    pub(super) end: End,
    pub(super) steps: Vec<Step>,
}

/// What the customer has of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing yet.
    Waiting,
    /// A letter with the number that was new or, on a repeat, known.
    Answered { is_repeat: bool },
    /// Nothing will come, for this reason.
    Silence(String),
}

/// One thing that happened to it.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) text: String,
    pub(super) detail: Option<String>,
    pub(super) kind: StepKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StepKind {
    Done,
    /// It will be done by itself.
    UnderWay,
    /// It is done, and it is not what a signup gets.
    Aside,
}

impl StepKind {
    /// The colour's name.
    pub(super) fn class(self) -> &'static str {
        match self {
            StepKind::Done => "good",
            StepKind::UnderWay => "busy",
            StepKind::Aside => "warn",
        }
    }

    pub(super) fn sign(self) -> &'static str {
        match self {
            StepKind::Done => "✓",
            StepKind::UnderWay => "…",
            StepKind::Aside => "–",
        }
    }
}

impl Step {
    fn done(text: String) -> Step {
        Step {
            text,
            detail: None,
            kind: StepKind::Done,
        }
    }

    fn under_way(text: String) -> Step {
        Step {
            kind: StepKind::UnderWay,
            ..Step::done(text)
        }
    }

    fn aside(text: String, detail: Option<String>) -> Step {
        Step {
            text,
            detail,
            kind: StepKind::Aside,
        }
    }
}

/// Every mail that is known, newest first.
pub(super) async fn stories(
    handle: &Handle,
    acts: &[Act],
    language: Language,
) -> Result<Vec<Story>, StoreError> {
    let events = newest_events(handle.readers(), EVENTS).await?;
    let ids: Vec<i64> = events.iter().filter_map(|stored| stored.event.mail_id).collect();
    let gone: Vec<i64> = gone_among(handle.readers(), &ids)
        .await?
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    let book = Book {
        events: &events,
        gone: &gone,
        language,
    };
    let mut decisions: Vec<&StoredEvent> = events
        .iter()
        .filter(|stored| is_decision(&stored.event))
        .collect();
    let mut stories: Vec<Story> = acts
        .iter()
        .map(|act| {
            let key = act.address.key();
            let place = decisions
                .iter()
                .position(|stored| stored.id > act.after_event && key_of(&stored.event) == key);
            let decision = place.map(|place| decisions.remove(place));
            book.of_act(act, decision)
        })
        .collect();
    // Mails that did not come from the page: by SMTP, or a test.
    stories.extend(decisions.into_iter().map(|stored| book.of_stranger(stored)));
    stories.sort_by_key(|story| std::cmp::Reverse(story.at));
    Ok(stories)
}

fn is_decision(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::ReceiptGiven
            | EventKind::Repeated
            | EventKind::DuplicateIgnored
            | EventKind::Forwarding
            | EventKind::Archived
            | EventKind::Held
            | EventKind::Quarantined
            | EventKind::Backlog
            | EventKind::SelfTest
            | EventKind::OptedOut
    )
}

fn key_of(event: &Event) -> String {
    let address = event.address.as_deref().unwrap_or_default();
    EmailAddress::parse(address).map_or_else(|_| address.to_owned(), |address| address.key())
}

/// What the stories are made from.
struct Book<'a> {
    events: &'a [StoredEvent],
    gone: &'a [i64],
    language: Language,
}

impl Book<'_> {
    fn of_act(&self, act: &Act, decision: Option<&StoredEvent>) -> Story {
        let mut story = Story {
            address: act.address.to_string(),
            key: act.address.key(),
            at: act.at,
            number: None,
            end: End::Waiting,
            steps: Vec::new(),
        };
        match decision {
            None => story
                .steps
                .push(Step::under_way(words::step_waiting(self.language))),
            Some(decision) => {
                story.steps.push(Step::done(match act.subject.trim() {
                    "" => words::step_empty(self.language),
                    subject => words::step_subject(self.language, subject),
                }));
                self.tell(&mut story, &decision.event);
            }
        }
        story
    }

    fn of_stranger(&self, decision: &StoredEvent) -> Story {
        let mut story = Story {
            address: decision.event.address.clone().unwrap_or_default(),
            key: key_of(&decision.event),
            at: decision.at,
            number: None,
            end: End::Waiting,
            steps: vec![Step::done(words::step_mail(self.language))],
        };
        self.tell(&mut story, &decision.event);
        story
    }

    /// The decision and what followed from it.
    fn tell(&self, story: &mut Story, decision: &Event) {
        let language = self.language;
        story.number = decision.number;
        let reason = decision
            .reason
            .as_deref()
            .and_then(|name| name.parse::<Reason>().ok());
        let why = reason.map(|reason| reason.what(language));
        let (is_answered, leaves) = match (decision.kind, decision.number) {
            (EventKind::ReceiptGiven, Some(number)) => {
                story.steps.push(Step::done(words::step_given(language, number)));
                (true, true)
            }
            (EventKind::Repeated, Some(number)) => {
                story
                    .steps
                    .push(Step::done(words::step_repeated(language, number)));
                (true, true)
            }
            (kind, _) => {
                let (text, leaves) = match kind {
                    EventKind::Archived => (words::step_archived(language), true),
                    EventKind::Forwarding => (words::step_forwarding(language), true),
                    EventKind::SelfTest => (words::step_self_test(language), true),
                    EventKind::Held | EventKind::Quarantined => (words::step_held(language), false),
                    _ => (decision.title(language), false),
                };
                story.end = End::Silence(why.clone().unwrap_or_else(|| text.clone()));
                let why = why.filter(|_| kind != EventKind::SelfTest);
                story.steps.push(Step::aside(text, why));
                (false, leaves)
            }
        };
        if is_answered {
            self.tell_reply(story, decision);
        } else if decision.kind == EventKind::Forwarding
            && self.has(decision.mail_id, EventKind::Sent).is_some()
        {
            story.steps.push(Step::done(words::step_forwarded(language)));
        }
        let is_gone = decision.mail_id.is_some_and(|id| self.gone.contains(&id));
        let is_settled = story.end != End::Waiting;
        match (is_gone, is_settled && leaves) {
            (true, _) => story.steps.push(Step::done(words::step_deleted(language))),
            (false, true) => story.steps.push(Step::under_way(words::step_deleting(language))),
            (false, false) => {}
        }
    }

    fn tell_reply(&self, story: &mut Story, decision: &Event) {
        let (language, mail_id) = (self.language, decision.mail_id);
        if self.has(mail_id, EventKind::Sent).is_some() {
            story.steps.push(Step::done(words::step_sent(language)));
            story.end = End::Answered {
                is_repeat: decision.kind == EventKind::Repeated,
            };
        } else if let Some(refused) = self.has(mail_id, EventKind::Refused) {
            let why = refused.detail.clone().unwrap_or_default();
            let text = words::step_refused(language, &why);
            story.end = End::Silence(text.clone());
            story.steps.push(Step::aside(text, None));
        } else {
            story.steps.push(Step::under_way(words::step_sending(language)));
        }
    }

    /// The event of this kind about a mail.
    fn has(&self, mail_id: Option<i64>, kind: EventKind) -> Option<&Event> {
        let id = mail_id?;
        let events = self.events.iter().map(|stored| &stored.event);
        events
            .filter(|event| event.mail_id == Some(id))
            .find(|event| event.kind == kind)
    }
}
