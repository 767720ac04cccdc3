//! What is remembered, on desktops that change.

use super::*;

const NOTEBOOK: Screen = Screen {
    x: 0,
    y: 0,
    width: 1366,
    height: 768,
    scale: 1.0,
};
/// To the right of it, at twice the density.
const SECOND: Screen = Screen {
    x: 1366,
    y: 0,
    width: 3840,
    height: 2160,
    scale: 2.0,
};

fn at(x: i32, y: i32, width: f64, height: f64) -> Remembered {
    Remembered {
        place: Some(Place { x, y, width, height }),
        ..Remembered::default()
    }
}

fn position(remembered: &Remembered, screens: &[Screen]) -> Option<(i32, i32)> {
    remembered
        .on(screens)
        .position
        .map(|position| (position.x, position.y))
}

#[test]
fn a_window_comes_back_where_it_was_and_as_large() {
    let begins = at(200, 100, 800.0, 600.0).on(&[NOTEBOOK]);
    assert_eq!(begins.size, LogicalSize::new(800.0, 600.0));
    assert_eq!(begins.position, Some(PhysicalPosition::new(200, 100)));
}

#[test]
fn a_first_window_fits_the_screen() {
    let first = Remembered::default();
    assert_eq!(first.on(&[NOTEBOOK]).size, LogicalSize::new(1000.0, 688.0));
    assert_eq!(first.on(&[SECOND]).size, FIRST);
    assert_eq!(first.on(&[]).size, FIRST);
    assert_eq!(position(&first, &[NOTEBOOK]), None);
}

#[test]
fn a_window_on_a_screen_that_is_gone_comes_up_where_it_can_be_seen() {
    let far = at(2000, 300, 900.0, 700.0);
    assert_eq!(position(&far, &[NOTEBOOK, SECOND]), Some((2000, 300)));
    assert_eq!(position(&far, &[NOTEBOOK]), None);
    // As large as the screen that is left.
    let large = at(1400, 50, 1900.0, 1000.0).on(&[NOTEBOOK]);
    assert_eq!(large.size, LogicalSize::new(1366.0, 688.0));
}

#[test]
fn a_window_whose_head_cannot_be_taken_is_not_put_back_there() {
    for (x, y) in [(0, -300), (0, 760), (-780, 100), (1300, 100), (-32000, -32000)] {
        assert_eq!(position(&at(x, y, 800.0, 600.0), &[NOTEBOOK]), None, "{x} {y}");
    }
    // Half out on either side is how people put windows.
    for (x, y) in [(-400, 100), (1000, 100), (0, 700), (-8, -8)] {
        assert_eq!(
            position(&at(x, y, 800.0, 600.0), &[NOTEBOOK]),
            Some((x, y)),
            "{x} {y}"
        );
    }
}

#[test]
fn a_damaged_file_is_as_none() {
    let folder = std::env::temp_dir().join(format!("karamail-remembered-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("window.json");
    assert_eq!(Remembered::read(&file), Remembered::default(), "no file");
    for text in [
        "",
        "\0\0\0\0\0\0",
        "{\"place\":{\"x\":1",
        "[]",
        "{\"place\":{\"x\":1,\"y\":2,\"width\":1e999,\"height\":600}}",
        "{\"place\":{\"x\":1,\"y\":2,\"width\":-5,\"height\":600}}",
        "{\"place\":{\"x\":1,\"y\":2,\"width\":5e9,\"height\":600}}",
        "{\"place\":{\"x\":-32000,\"y\":-32000,\"width\":800,\"height\":600},\"zoom\":1e9}",
    ] {
        fs::write(&file, text).unwrap();
        assert_eq!(Remembered::read(&file), Remembered::default(), "{text}");
    }
    let kept = Remembered {
        is_maximized: true,
        zoom: Some(1.25),
        is_told: true,
        ..at(5, 6, 700.0, 500.0)
    };
    kept.write(&file).unwrap();
    assert_eq!(Remembered::read(&file), kept);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_maximised_window_remembers_where_it_was_before() {
    let place = |x, width| Place {
        x,
        y: 10,
        width,
        height: 600.0,
    };
    let whole = Some(LogicalSize::new(1366.0, 600.0));
    let after = |last, before| {
        let mut remembered = Remembered::default();
        let seen = Seen {
            last: Some(last),
            before: Some(before),
            maximized: whole,
        };
        remembered.note(&seen, true);
        assert!(remembered.on(&[NOTEBOOK]).is_maximized);
        remembered.place.unwrap()
    };
    // The new size came before the word that it is maximised, or after.
    assert_eq!(after(place(0, 1366.0), place(50, 800.0)), place(50, 800.0));
    assert_eq!(after(place(50, 800.0), place(40, 800.0)), place(50, 800.0));
}

#[test]
fn text_grows_and_shrinks_by_steps_and_comes_back() {
    let mut remembered = Remembered::default();
    remembered.step(Step::In);
    remembered.step(Step::In);
    assert_eq!(remembered.zoom(), 1.25);
    for _ in 0..20 {
        remembered.step(Step::Out);
    }
    assert_eq!(remembered.zoom(), 0.5);
    remembered.step(Step::Reset);
    assert_eq!(remembered, Remembered::default());
}
