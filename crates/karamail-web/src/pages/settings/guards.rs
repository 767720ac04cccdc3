//! 返信の制限: whom we never answer, how often we answer, and the shop word.

use askama::Template;
use axum::extract::Form as PostedForm;
use axum::response::Response;
use karamail_core::words::screens::{settings, settings_data as words};

use super::field::Asked;
use super::form::{self, Form, Posted};
use super::frame::{Frame, Tab};
use super::in_force;
use crate::app::App;
use crate::fault::PageFault;
use crate::once::IsFirst;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

/// Every key of the section; a test holds that none is missing.
pub(super) const KEYS: [&str; 11] = [
    "guard.shop_words",
    "guard.shop_word_in",
    "guard.limit_address_per_hour",
    "guard.limit_address_per_day",
    "guard.limit_mailbox_per_hour",
    "guard.blocked",
    "guard.hold_spoofed",
    "guard.authentication_hosts",
    "guard.backlog_hours",
    "guard.require_addressed",
    "guard.also_empty_subjects",
];

#[derive(Template)]
#[template(path = "settings/guards.html")]
struct Page {
    shell: Shell,
    frame: Frame,
    form: Form,
}

fn asked() -> Vec<Asked> {
    KEYS.into_iter().map(Asked::key).collect()
}

fn shown(app: &App, form: Form, frame: Frame) -> Result<Response, PageFault> {
    page(&Page {
        shell: app.shell(Nav::Settings, settings::guards(app.language())),
        frame,
        form,
    })
}

pub(super) async fn show(app: App, is_first: IsFirst) -> Result<Response, PageFault> {
    let form = Form::read(&app, &asked())?;
    let frame = Frame::of(&app, Tab::Guards).telling(in_force::notice(&app, is_first));
    shown(&app, form, frame)
}

pub(super) async fn apply(
    app: App,
    PostedForm(fields): PostedForm<Vec<(String, String)>>,
) -> Result<Response, PageFault> {
    let again = |form| shown(&app, form, Frame::of(&app, Tab::Guards));
    form::answer(&app, "/settings/guards", &asked(), &Posted(fields), again).await
}

#[cfg(test)]
mod tests {
    use karamail_engine::config::keys::SECTIONS;

    #[test]
    fn every_key_of_the_guard_has_its_field() {
        let guard = SECTIONS.iter().find(|section| section.path == "guard").unwrap();
        for key in guard.keys {
            let path = format!("guard.{}", key.name);
            assert!(super::KEYS.contains(&path.as_str()), "{path}");
        }
        assert_eq!(guard.keys.len(), super::KEYS.len());
    }
}
