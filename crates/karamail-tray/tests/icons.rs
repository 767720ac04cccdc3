//! The icon's five states can be told apart in every size, on light and dark task bars, with and without colours.
//! `KARAMAIL_PICTURES=folder cargo test -p karamail-tray --test icons` draws a sheet of all of them to look at.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::PathBuf;

use karamail_tray::face::State;
use karamail_tray::icon::{self, SIZES};

/// The grounds of Windows' light and dark task bars.
const GROUNDS: [[u8; 3]; 2] = [[243, 243, 243], [32, 32, 32]];
/// Pixels whose brightness differs by more than this are told apart at a glance.
const VISIBLE: i32 = 64;

/// An icon as it is seen: laid over the ground of a task bar.
fn seen(state: State, size: u32, ground: [u8; 3]) -> Vec<[u8; 3]> {
    let over = |pixel: &[u8]| {
        let alpha = u32::from(pixel[3]);
        [0, 1, 2].map(|part: usize| {
            let mixed = u32::from(pixel[part]) * alpha + u32::from(ground[part]) * (255 - alpha);
            u8::try_from(mixed / 255).unwrap()
        })
    };
    icon::draw(state, size).chunks_exact(4).map(over).collect()
}

/// How bright a pixel is (Rec. 601), which is all that is left of it without colours.
fn brightness([red, green, blue]: [u8; 3]) -> i32 {
    (299 * i32::from(red) + 587 * i32::from(green) + 114 * i32::from(blue)) / 1000
}

/// The share of pixels that differ, in percent.
fn differing(one: &[[u8; 3]], other: &[[u8; 3]], differs: impl Fn([u8; 3], [u8; 3]) -> bool) -> usize {
    let pairs = one.iter().zip(other);
    let count = pairs.filter(|(one, other)| differs(**one, **other)).count();
    count * 100 / one.len()
}

fn pairs() -> impl Iterator<Item = (State, State)> {
    let all = State::ALL.into_iter().enumerate();
    all.flat_map(|(place, one)| {
        State::ALL
            .into_iter()
            .skip(place + 1)
            .map(move |other| (one, other))
    })
}

#[test]
fn every_state_has_a_shape_of_its_own_in_every_size() {
    for size in SIZES {
        for ground in GROUNDS {
            for (one, other) in pairs() {
                let by_shape = differing(
                    &seen(one, size, ground),
                    &seen(other, size, ground),
                    |one, other| (brightness(one) - brightness(other)).abs() > VISIBLE,
                );
                assert!(by_shape >= 3, "{one:?} and {other:?} at {size}: {by_shape} %");
            }
        }
    }
}

#[test]
fn every_state_has_a_colour_of_its_own() {
    for size in SIZES {
        for (one, other) in pairs() {
            let by_colour = differing(
                &seen(one, size, GROUNDS[0]),
                &seen(other, size, GROUNDS[0]),
                |one, other| {
                    let far = |part: usize| (i32::from(one[part]) - i32::from(other[part])).abs();
                    far(0) + far(1) + far(2) > VISIBLE
                },
            );
            assert!(by_colour >= 30, "{one:?} and {other:?} at {size}: {by_colour} %");
        }
    }
}

#[test]
fn every_state_stands_out_from_light_and_dark_task_bars() {
    for size in SIZES {
        for ground in GROUNDS {
            for state in State::ALL {
                let bar = vec![ground; (size * size) as usize];
                let visible = differing(&seen(state, size, ground), &bar, |one, other| {
                    (brightness(one) - brightness(other)).abs() > VISIBLE
                });
                assert!(visible >= 30, "{state:?} at {size} on {ground:?}: {visible} %");
            }
        }
    }
}

#[test]
fn the_smallest_icon_is_not_a_large_one_made_small() {
    // Where lines fall onto whole pixels there are pixels of the pure colour and of pure white in the sign.
    for state in State::ALL {
        let pixels = icon::draw(state, 16);
        let white = pixels.chunks_exact(4).filter(|pixel| *pixel == [255; 4]).count();
        assert!(white >= 12, "{state:?}: {white} white pixels");
    }
}

#[test]
fn a_sheet_of_all_of_them_can_be_looked_at() {
    let zoom = |size: u32| (192 / size).max(1);
    let cell = 208;
    let count = u32::try_from(State::ALL.len()).unwrap();
    let (half, height) = (cell * count, cell * u32::try_from(SIZES.len()).unwrap());
    let width = half * 2;
    let mut sheet = vec![[0_u8; 3]; (width * height) as usize];
    for (side, ground) in (0..).zip(GROUNDS) {
        for y in 0..height {
            for x in 0..half {
                sheet[(y * width + side * half + x) as usize] = ground;
            }
        }
        for (row, size) in (0..).zip(SIZES) {
            for (column, state) in (0..).zip(State::ALL) {
                let icon = seen(state, size, ground);
                let mut put = |left: u32, top: u32, zoom: u32| {
                    for y in 0..size * zoom {
                        for x in 0..size * zoom {
                            let pixel = icon[(y / zoom * size + x / zoom) as usize];
                            let left = side * half + column * cell + left;
                            sheet[((row * cell + top + y) * width + left + x) as usize] = pixel;
                        }
                    }
                };
                // Enlarged, and beside it as it is.
                put(0, 0, zoom(size).min(140 / size.min(140)).max(1));
                put(cell - 65, 0, 1);
            }
        }
    }
    assert!(sheet.iter().any(|pixel| !GROUNDS.contains(pixel)));
    if let Some(folder) = std::env::var_os("KARAMAIL_PICTURES").map(PathBuf::from) {
        let file = std::fs::File::create(folder.join("tray-icons.png")).unwrap();
        let mut encoder = png::Encoder::new(file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&sheet.concat()).unwrap();
    }
}
