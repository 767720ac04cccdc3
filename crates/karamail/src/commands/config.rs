use crate::{
    arguments::ConfigAction,
    context::{Context, Failure},
    exit::Exit,
};
pub(crate) fn run(_: &Context, _: &ConfigAction) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
