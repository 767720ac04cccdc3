//! The section by which people leave.

use super::general::{BODY, BODY_FILE, SUBJECT};
use super::{Default, Key, Kind, Section};

/// Longest opt-out word, characters: it is typed on a phone.
pub(crate) const OPT_OUT_WORD_CHARACTERS: usize = 50;

pub(crate) static OPT_OUT: Section = Section {
    path: "opt_out",
    repeated: false,
    ja: "退会。受付番号のある人から件名がこの言葉だけのメールが届くと、番号に退会の印を付けます(番号は残ります)。subject・body・body_file のどれかを書くと返信もします(書かない方は用意された文面)。★1★ の位置に受付番号が入ります(必須)。",
    en: "Leaving. A mail from a person with a number whose subject is nothing but one of these words marks the number as left (the number stays). With subject, body or body_file it is answered (what is not written is ready-made); ★1★ becomes the number (it must be there).",
    keys: &[
        Key {
            name: "words",
            kind: Kind::List {
                entries: 100,
                max: OPT_OUT_WORD_CHARACTERS,
            },
            default: Default::Nothing,
            ja: "退会の言葉。例えば 退会、配信停止。全角・半角、大文字・小文字、空白は区別しません。",
            en: "The words, such as 退会 or unsubscribe. Width, case and blanks do not matter.",
        },
        SUBJECT,
        BODY,
        BODY_FILE,
    ],
};
