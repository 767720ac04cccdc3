//! What is wanted and what the settings say, brought together: everything that stands on the paper.

use std::sync::Arc;

use axum::http::StatusCode;
use karamail_core::words::Language;
use karamail_core::words::screens::kit as words;
use karamail_engine::config::{Mailbox, Settings};

use super::poster::{self, Content, Sheet, Wording};
use super::qr::{self, Qr};
use super::wish::{Format, Texts, Wish, lines};
use crate::app::App;
use crate::fault::PageFault;

/// Longest invitation on paper, characters: what the smallest type of an A4 poster has room for, and to spare.
const INVITATION: usize = 2000;

/// See the [module](self).
pub(crate) struct Made {
    pub(crate) wish: Wish,
    pub(crate) settings: Arc<Settings>,
    /// The one that customers write to.
    pub(crate) mailbox: Mailbox,
    /// Name and address of each.
    pub(crate) mailboxes: Vec<(String, String)>,
    pub(crate) content: Content,
}

/// There is no code for this address, which the settings would have refused.
pub(crate) fn no_code(language: Language) -> PageFault {
    PageFault::Said(
        StatusCode::INTERNAL_SERVER_ERROR,
        words::no_code(language),
        Some(words::no_code_advice(language)),
    )
}

impl Made {
    /// Nothing where there is no mailbox.
    ///
    /// # Errors
    /// There are no settings.
    pub(crate) fn of(app: &App, wish: Wish) -> Result<Option<Made>, PageFault> {
        let settings = app.shown_settings().ok_or(PageFault::NoEngine)?;
        let named = settings.mailboxes.iter().find(|one| one.name == wish.mailbox);
        let enabled = || settings.mailboxes.iter().find(|one| one.enabled);
        let Some(mailbox) = named.or_else(enabled).or_else(|| settings.mailboxes.first()) else {
            return Ok(None);
        };
        let uri = qr::mailto(&mailbox.address, wish.subject);
        let qr = Qr::of(&uri).ok_or_else(|| no_code(app.language()))?;
        let invitation = lines(&mailbox.invitation, INVITATION);
        let wording = |language: &Language| wording(wish.texts(*language), *language, &invitation);
        let content = Content {
            qr,
            address: mailbox.address.to_string(),
            shop: wish
                .shop
                .clone()
                .unwrap_or_else(|| settings.general.shop_name.clone()),
            wordings: wish.languages.all().iter().map(wording).collect(),
            invitation,
            is_sample: app.demo().is_some(),
        };
        Ok(Some(Made {
            mailbox: mailbox.clone(),
            mailboxes: settings
                .mailboxes
                .iter()
                .map(|one| (one.name.clone(), one.address.to_string()))
                .collect(),
            content,
            wish,
            settings,
        }))
    }

    /// The sheet, told in this language to those who do not see it.
    pub(crate) fn sheet(&self, language: Language) -> Sheet {
        let label = words::preview_of(language, &self.wish.format.label(language), &self.content.address);
        poster::draw(&self.content, self.wish.format, &label)
    }

    /// The mailbox, as a field of an address.
    pub(crate) fn chosen(&self) -> String {
        let name: String = self
            .mailbox
            .name
            .bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect();
        format!("mailbox={name}")
    }

    /// An invitation to advertising mail without a name of the sender.
    pub(crate) fn lacks_name(&self) -> bool {
        !self.content.invitation.is_empty() && self.content.shop.is_empty()
    }

    /// Business cards have no small print.
    pub(crate) fn is_without_small_print(&self) -> bool {
        self.wish.format == Format::Cards
    }

    /// The paper, for the print style.
    pub(crate) fn paper(&self) -> &'static str {
        self.wish.format.paper()
    }
}

fn wording(texts: &Texts, language: Language, invitation: &str) -> Wording {
    let or = |text: &Option<String>, proposed: fn(Language) -> String| {
        text.clone().unwrap_or_else(|| proposed(language))
    };
    let [one, two, three] = &texts.steps;
    let purpose = if invitation.is_empty() {
        words::purpose
    } else {
        words::purpose_with_invitation
    };
    Wording {
        language,
        headline: or(&texts.headline, words::headline),
        steps: [
            or(one, words::step_1),
            or(two, words::step_2),
            or(three, words::step_3),
        ],
        note: or(&texts.note, words::note),
        purpose: or(&texts.purpose, purpose),
    }
}
