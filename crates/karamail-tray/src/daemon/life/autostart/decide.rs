//! What is to be done about the start at login. Pure.
//!
//! The rule: the last act of the person wins, whether it was done in our settings, in the installer or in the system's own list
//! (decision 0121). What was in step when it was last looked at tells which of the two sides changed since.

/// What there is to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// The setting that holds.
    pub(super) wanted: bool,
    /// Somebody wrote it into the settings file; else it is the default.
    pub(super) is_written: bool,
    /// What was in step at the last look; `None` at the first.
    pub(super) remembered: Option<bool>,
    pub(super) found: Found,
    /// The program is carried about: it leaves no trace that nobody asked for on this computer.
    pub(super) is_portable: bool,
    /// An installer put it here, which asked.
    pub(super) is_installed: bool,
}

/// What the system has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// This program, rightly.
    Right,
    /// Another place or other arguments, and no program is there: it has moved.
    Moved,
    /// Another copy of the program, which is there.
    OtherCopy,
    /// The user switched it off in the system's own list.
    SwitchedOff,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// All is in step.
    Nothing,
    /// The entry is written, and switched on.
    Write,
    /// The entry is removed.
    Remove,
    /// The settings are to say what the system has.
    Adopt(bool),
    /// The user's will in the system's own list stands; it is told.
    LeaveOff,
    /// A program that is carried about is not registered here; it is told.
    LeaveOut,
}

pub(super) fn decide(facts: &Facts) -> Act {
    match (facts.remembered, facts.wanted) {
        (None, _) => first_look(facts),
        (Some(before), wanted) if before != wanted => changed_by_settings(facts),
        (Some(_), true) => in_step_on(facts),
        (Some(_), false) => in_step_off(facts),
    }
}

fn first_look(facts: &Facts) -> Act {
    match facts {
        // On a stick nothing is on that nobody switched on.
        Facts {
            is_portable: true,
            is_written: false,
            ..
        } => Act::Adopt(false),
        Facts {
            is_portable: true, ..
        } => in_step_on_or_off(facts),
        // The installer asked, and the answer was no.
        Facts {
            is_installed: true,
            is_written: false,
            found: Found::Nothing,
            ..
        } => Act::Adopt(false),
        Facts {
            wanted: true,
            found: Found::SwitchedOff,
            ..
        } => Act::LeaveOff,
        _ => changed_by_settings(facts),
    }
}

fn in_step_on_or_off(facts: &Facts) -> Act {
    match facts.wanted {
        true => in_step_on(facts),
        false => in_step_off(facts),
    }
}

fn changed_by_settings(facts: &Facts) -> Act {
    match (facts.wanted, facts.found) {
        (true, Found::Right) | (false, Found::Nothing) => Act::Nothing,
        (true, _) => Act::Write,
        (false, Found::OtherCopy) if facts.is_portable => Act::Nothing,
        (false, _) => Act::Remove,
    }
}

fn in_step_on(facts: &Facts) -> Act {
    match facts.found {
        Found::Right => Act::Nothing,
        Found::SwitchedOff => Act::LeaveOff,
        Found::Nothing | Found::OtherCopy if facts.is_portable => Act::LeaveOut,
        Found::Nothing => Act::Adopt(false),
        Found::Moved | Found::OtherCopy => Act::Write,
    }
}

fn in_step_off(facts: &Facts) -> Act {
    match facts.found {
        Found::Nothing | Found::SwitchedOff => Act::Nothing,
        _ if facts.is_portable => Act::Nothing,
        Found::Right | Found::Moved | Found::OtherCopy => Act::Adopt(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTALLED: Facts = Facts {
        wanted: true,
        is_written: false,
        remembered: None,
        found: Found::Nothing,
        is_portable: false,
        is_installed: true,
    };
    const UNPACKED: Facts = Facts {
        is_installed: false,
        ..INSTALLED
    };
    const STICK: Facts = Facts {
        is_portable: true,
        ..UNPACKED
    };

    fn with(facts: Facts, found: Found) -> Facts {
        Facts { found, ..facts }
    }

    /// The settings say `wanted` now; `remembered` was in step at the last look.
    fn later(facts: Facts, remembered: bool, wanted: bool, found: Found) -> Facts {
        Facts {
            remembered: Some(remembered),
            wanted,
            found,
            is_written: true,
            ..facts
        }
    }

    #[test]
    fn at_the_first_start_the_answer_given_to_the_installer_holds() {
        assert_eq!(decide(&with(INSTALLED, Found::Right)), Act::Nothing);
        assert_eq!(decide(&INSTALLED), Act::Adopt(false));
        let written = Facts {
            is_written: true,
            ..INSTALLED
        };
        assert_eq!(decide(&written), Act::Write, "settings of before come along");
        let off = Facts {
            wanted: false,
            found: Found::Right,
            ..written
        };
        assert_eq!(decide(&off), Act::Remove);
    }

    #[test]
    fn without_an_installer_the_default_of_the_settings_holds() {
        assert_eq!(decide(&UNPACKED), Act::Write);
        assert_eq!(decide(&with(UNPACKED, Found::SwitchedOff)), Act::LeaveOff);
    }

    #[test]
    fn the_settings_that_changed_last_are_applied() {
        for found in [Found::Moved, Found::OtherCopy, Found::Right, Found::SwitchedOff] {
            assert_eq!(
                decide(&later(UNPACKED, true, false, found)),
                Act::Remove,
                "{found:?}"
            );
        }
        for found in [Found::Nothing, Found::Moved, Found::OtherCopy, Found::SwitchedOff] {
            assert_eq!(
                decide(&later(UNPACKED, false, true, found)),
                Act::Write,
                "{found:?}"
            );
        }
        assert_eq!(
            decide(&later(UNPACKED, true, false, Found::Nothing)),
            Act::Nothing
        );
        assert_eq!(decide(&later(UNPACKED, false, true, Found::Right)), Act::Nothing);
    }

    #[test]
    fn what_the_person_changed_in_the_system_last_is_adopted() {
        assert_eq!(
            decide(&later(INSTALLED, true, true, Found::Nothing)),
            Act::Adopt(false)
        );
        assert_eq!(
            decide(&later(INSTALLED, false, false, Found::Right)),
            Act::Adopt(true)
        );
    }

    #[test]
    fn a_program_that_has_moved_repairs_its_entry_and_a_right_one_is_not_written_again() {
        assert_eq!(decide(&later(UNPACKED, true, true, Found::Moved)), Act::Write);
        assert_eq!(decide(&later(UNPACKED, true, true, Found::OtherCopy)), Act::Write);
        assert_eq!(decide(&later(UNPACKED, true, true, Found::Right)), Act::Nothing);
    }

    #[test]
    fn whoever_switched_it_off_in_the_systems_list_is_not_fought() {
        assert_eq!(
            decide(&later(UNPACKED, true, true, Found::SwitchedOff)),
            Act::LeaveOff
        );
        assert_eq!(
            decide(&later(UNPACKED, false, false, Found::SwitchedOff)),
            Act::Nothing
        );
    }

    #[test]
    fn a_stick_leaves_no_trace_on_a_computer_where_nobody_switched_it_on() {
        assert_eq!(decide(&STICK), Act::Adopt(false));
        assert_eq!(decide(&later(STICK, true, true, Found::Nothing)), Act::LeaveOut);
        assert_eq!(decide(&later(STICK, true, true, Found::OtherCopy)), Act::LeaveOut);
        assert_eq!(
            decide(&later(STICK, true, true, Found::Moved)),
            Act::Write,
            "another drive letter"
        );
        assert_eq!(decide(&later(STICK, true, false, Found::OtherCopy)), Act::Nothing);
        assert_eq!(
            decide(&later(STICK, false, false, Found::OtherCopy)),
            Act::Nothing
        );
        assert_eq!(
            decide(&later(STICK, false, true, Found::Nothing)),
            Act::Write,
            "switched on here"
        );
    }
}
