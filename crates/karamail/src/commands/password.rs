use crate::{
    arguments::PasswordAction,
    context::{Context, Failure},
    exit::Exit,
};
pub(crate) fn run(_: &Context, _: &PasswordAction) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
