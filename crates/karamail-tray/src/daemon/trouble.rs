//! Why the program cannot start, told to a person who sees no console: on a page in their browser, which stays when the program has
//! ended. A console gets it too.

use std::io::{self, Write as _};
use std::process::ExitCode;

use karamail_core::words::tray as words;
use karamail_core::words::{Language, Told};

/// Why it cannot start.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) language: Language,
    pub(crate) what: String,
    pub(crate) what_to_do: Option<String>,
    pub(crate) exit: Exit,
}

/// Exit codes, the same as those of the program `karamail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Something failed.
    Failed = 1,
    /// The settings.
    Settings = 3,
    /// Another Karamail is in the way.
    InUse = 4,
}

impl Trouble {
    pub(crate) fn of(fault: &impl Told, exit: Exit, language: Language) -> Trouble {
        Trouble {
            language,
            what: fault.what(language),
            what_to_do: fault.what_to_do(language),
            exit,
        }
    }

    pub(crate) fn system(error: &io::Error, language: Language) -> Trouble {
        Trouble {
            language,
            what: words::system_refused(language, &error.to_string()),
            what_to_do: Some(words::system_refused_advice(language)),
            exit: Exit::Failed,
        }
    }

    /// Another program holds the place and does not answer.
    pub(crate) fn no_answer(language: Language) -> Trouble {
        Trouble {
            language,
            what: words::no_answer(language),
            what_to_do: Some(words::no_answer_advice(language)),
            exit: Exit::InUse,
        }
    }

    /// Tells it, and gives the exit code.
    pub(crate) fn tell(&self) -> ExitCode {
        let advice = self.what_to_do.iter().flat_map(|text| ["\n", text.as_str()]);
        let text: String = [self.what.as_str()].into_iter().chain(advice).collect();
        tracing::error!(%text, "the program cannot start");
        eprintln!("karamail-tray: {text}");
        if let Err(error) = self.show() {
            tracing::error!(%error, "nor can that be shown");
        }
        ExitCode::from(self.exit as u8)
    }

    fn show(&self) -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix("karamail-")
            .suffix(".html")
            .tempfile()?;
        file.write_all(self.page().as_bytes())?;
        // It stays: the browser reads it after our end. The system clears its folder of such files.
        let (_, path) = file.keep().map_err(|error| error.error)?;
        opener::open_browser(path).map_err(io::Error::other)
    }

    fn page(&self) -> String {
        let language = self.language;
        let paragraph = |text: &str| format!("<p>{}</p>\n", escaped(text));
        let heading = words::cannot_start(language);
        format!(
            "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>{heading}</title>\n\
             <style>body{{font:1.1rem/1.7 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1.5rem;overflow-wrap:anywhere}}\
             h1{{font-size:1.5rem}}p:last-child{{opacity:.7;font-size:1rem}}</style>\n<h1>{heading}</h1>\n{}{}{}",
            language.tag(),
            paragraph(&self.what),
            self.what_to_do.as_deref().map(paragraph).unwrap_or_default(),
            paragraph(&words::close_page(language)),
        )
    }
}

fn escaped(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    text.replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_fault_names_is_never_markup() {
        let trouble = Trouble {
            language: Language::Japanese,
            what: "C:\\<b>&".to_owned(),
            what_to_do: None,
            exit: Exit::Failed,
        };
        let page = trouble.page();
        assert!(page.contains("<p>C:\\&lt;b&gt;&amp;</p>"), "{page}");
        assert!(page.contains("<h1>Karamail を起動できません</h1>"), "{page}");
    }
}
