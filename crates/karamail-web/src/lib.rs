//! Every screen of Karamail.
