//! A rendered template of ours that stands in another one: the only markup that is put in as it is.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::live;

/// A rendered template of ours.
#[derive(Clone, Debug)]
pub(crate) struct Part(String);

impl Part {
    /// Renders it.
    pub(crate) fn of(template: &impl Template) -> askama::Result<Part> {
        template.render().map(Part)
    }

    /// The version by which a page asks for another one; see [`live`].
    pub(crate) fn version(&self) -> String {
        live::version(&self.0)
    }

    /// As the answer to who asks for the part alone.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl askama::FastWritable for Part {
    fn write_into(&self, target: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        Ok(target.write_str(&self.0)?)
    }
}

impl HtmlSafe for Part {}
