//! (stand-in until the real template module lands)
#![allow(missing_docs, reason = "a stand-in")]
use crate::address::EmailAddress;
use crate::words::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Receipt,
    Repeat,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    subject: String,
    body: String,
    mark: Mark,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    #[error("the number mark is missing")]
    NumberMarkMissing,
    #[error("unknown mark {0}")]
    UnknownMark(String),
}

impl crate::words::Told for TemplateFault {
    fn what(&self, _language: Language) -> String {
        self.to_string()
    }
}

pub struct Values<'a> {
    pub number: i64,
    pub at: &'a jiff::Zoned,
    pub address: &'a EmailAddress,
    pub shop_name: &'a str,
    pub language: Language,
}

pub struct Rendered {
    pub subject: String,
    pub body: String,
}

impl Template {
    pub fn parse(subject: &str, body: &str, mark: Mark) -> Result<Template, Vec<TemplateFault>> {
        let wanted = match mark {
            Mark::Receipt => "★1★",
            Mark::Repeat => "★2★",
        };
        if !subject.contains(wanted) && !body.contains(wanted) {
            return Err(vec![TemplateFault::NumberMarkMissing]);
        }
        Ok(Template {
            subject: subject.to_owned(),
            body: body.to_owned(),
            mark,
        })
    }
}
