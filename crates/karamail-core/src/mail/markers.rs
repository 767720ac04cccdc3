//! The headers by which we know our own mails again (rule 11 of the never-reply rules, row 1 of the decision table).

/// Says which of our mails it is: `receipt`, `repeat`, `forward`, or `test` and a token.
pub const MARKER_HEADER: &str = "X-Karamail";
/// Value of [`MARKER_HEADER`] on a receipt.
pub const RECEIPT: &str = "receipt";
/// Value of [`MARKER_HEADER`] on a repeat reply.
pub const REPEAT: &str = "repeat";
/// Value of [`MARKER_HEADER`] on a forward.
pub const FORWARD: &str = "forward";
/// First word of [`MARKER_HEADER`]'s value on a self-test mail; its token follows.
pub const TEST: &str = "test";
/// Names the mailbox that answered, as many autoresponders do.
pub const LOOP_HEADER: &str = "X-Loop";

/// Whether a self-test token has the form that we give: 32 hexadecimal digits in lower case (128 random bits).
pub fn is_test_token(token: &str) -> bool {
    token.len() == 32
        && token
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
