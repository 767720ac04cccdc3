//! Passwords that were typed into a form which could not be saved. They wait here, not in the page, until the form comes again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use karamail_engine::secrets::Typed;

use crate::guard::token;

/// Forms whose passwords wait at once; the oldest gives way.
const MOST: usize = 8;

/// The passwords that wait, by a name that only their form knows.
#[derive(Default)]
pub(crate) struct TypedPasswords(Mutex<VecDeque<(String, Typed)>>);

impl TypedPasswords {
    /// Lets passwords wait, and gives their name; `None` where there are none.
    pub(super) fn keep(&self, typed: &Typed) -> Option<String> {
        if typed.pop3.is_none() && typed.smtp.is_none() {
            return None;
        }
        let name = token().ok()?;
        let mut waiting = self.waiting();
        waiting.push_back((name.clone(), typed.clone()));
        while waiting.len() > MOST {
            waiting.pop_front();
        }
        Some(name)
    }

    /// The passwords of this name. They wait no longer.
    pub(super) fn take(&self, name: &str) -> Typed {
        let mut waiting = self.waiting();
        let found = waiting.iter().position(|(one, _)| one == name);
        found
            .and_then(|place| waiting.remove(place))
            .map_or_else(Typed::default, |(_, typed)| typed)
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<(String, Typed)>> {
        // Each critical section leaves the list whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use karamail_engine::secrets::Password;

    use super::*;

    fn typed(password: &str) -> Typed {
        Typed {
            pop3: Some(Password::new(password)),
            smtp: None,
        }
    }

    #[test]
    fn a_password_waits_for_its_own_form_once_and_not_for_ever() {
        let waiting = TypedPasswords::default();
        assert_eq!(waiting.keep(&Typed::default()), None);
        let name = waiting.keep(&typed("one")).unwrap();
        assert!(waiting.take("another").pop3.is_none());
        assert_eq!(waiting.take(&name).pop3, Some(Password::new("one")));
        assert!(waiting.take(&name).pop3.is_none(), "it was taken");
        let first = waiting.keep(&typed("first")).unwrap();
        for _ in 0..MOST {
            waiting.keep(&typed("later")).unwrap();
        }
        assert!(waiting.take(&first).pop3.is_none(), "the oldest gave way");
    }
}
