//! The session of the computer: another one after it was off, so an end together with the computer can be told from other ends.

#[cfg(target_os = "linux")]
pub(super) fn name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(name.trim().to_owned())
}

/// A key that the registry forgets when the user's session ends, by whatever way.
#[cfg(windows)]
pub(super) fn name() -> Option<String> {
    use windows_registry::CURRENT_USER;

    let mut options = CURRENT_USER.options();
    let key = options.read().write().create().volatile();
    let key = key.open(r"Software\Karamail-Session").ok()?;
    if let Ok(name) = key.get_string("name") {
        return Some(name);
    }
    let name = karamail_engine::clock::now().to_string();
    key.set_string("name", &name).ok()?;
    Some(name)
}

#[cfg(target_os = "macos")]
pub(super) fn name() -> Option<String> {
    let told = std::process::Command::new("/usr/sbin/sysctl")
        .args(["-n", "kern.boottime"])
        .output();
    let name = String::from_utf8(told.ok()?.stdout).ok()?;
    // Seconds alone: the system corrects the rest.
    Some(name.split(',').next()?.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(not(any(windows, target_os = "linux", target_os = "macos")))]
pub(super) fn name() -> Option<String> {
    None
}
