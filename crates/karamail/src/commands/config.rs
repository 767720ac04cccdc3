//! `karamail config`: make, check or find the settings file.

use karamail_core::words::{Told, commands as words};
use karamail_engine::config::{Settings, write_new};
use serde_json::json;

use crate::arguments::ConfigAction;
use crate::commands::setup;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;

/// Does what was asked with the settings file.
pub(crate) async fn run(context: &Context, action: &ConfigAction) -> Result<Exit, Failure> {
    match action {
        ConfigAction::Init(init) => match &init.address {
            Some(address) => setup::init(context, init, address).await,
            None => write_sample(context),
        },
        ConfigAction::Check { online } => check(context, *online).await,
        ConfigAction::Path => Ok(path(context)),
    }
}

fn write_sample(context: &Context) -> Result<Exit, Failure> {
    if let Err(fault) = write_new(&context.config, context.language) {
        return Err(Failure::said(Exit::Settings, fault.told(context.language)));
    }
    let path = context.config.display().to_string();
    if context.json {
        output::line(&json!({ "config": path }).to_string());
    } else {
        output::line(&words::settings_written(context.language, &path));
    }
    Ok(Exit::Done)
}

/// Every fault, with its line; advice where nothing is wrong.
async fn check(context: &Context, online: bool) -> Result<Exit, Failure> {
    let language = context.language;
    match Settings::load(&context.config) {
        Ok(settings) => {
            let advice: Vec<String> = settings
                .advice()
                .iter()
                .map(|advice| advice.told(language))
                .collect();
            let domains = match online {
                true => setup::look_up_domains(&settings).await,
                false => Vec::new(),
            };
            if context.json {
                let domains: Vec<_> = domains
                    .iter()
                    .map(|domain| setup::domain_json(domain, language))
                    .collect();
                let sound = json!({ "sound": true, "faults": [], "advice": advice, "domains": domains });
                output::line(&sound.to_string());
            } else {
                output::line(&words::settings_sound(
                    language,
                    &context.config.display().to_string(),
                ));
                advice.iter().for_each(|advice| output::line(advice));
                domains
                    .iter()
                    .for_each(|domain| setup::print_domain(domain, language));
            }
            Ok(Exit::Done)
        }
        Err(faults) if context.json => {
            let faults: Vec<_> = faults
                .faults
                .iter()
                .map(|fault| json!({ "line": fault.line, "key": fault.key, "what": fault.told(language) }))
                .collect();
            output::line(&json!({ "sound": false, "faults": faults }).to_string());
            Ok(Exit::Settings)
        }
        Err(faults) => Err(faults.into()),
    }
}

fn path(context: &Context) -> Exit {
    let (config, data) = (
        context.config.display().to_string(),
        context.data_dir.display().to_string(),
    );
    if context.json {
        output::line(&json!({ "config": config, "data_dir": data }).to_string());
    } else {
        output::line(&words::settings_path(context.language, &config));
        output::line(&words::data_path(context.language, &data));
    }
    Exit::Done
}
