//! How the icon looks: an envelope in the colour of the state, with a sign of the state's own, drawn for the size that is asked for.

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform,
};

use crate::face::State;

/// An icon of `size` × `size` pixels as RGBA, not premultiplied. `size` is 16 to 256.
pub fn draw(state: State, size: u32) -> Vec<u8> {
    let size = size.clamp(16, 256);
    let Some(mut picture) = Pixmap::new(size, size) else {
        return vec![0; (size * size * 4) as usize];
    };
    // Drawn on a field of 64 × 64.
    let scale = Transform::from_scale(size as f32 / 64.0, size as f32 / 64.0);
    let (red, green, blue) = colour(state);
    // A light rim keeps the shape on a dark task bar, the dark body on a light one.
    fill(
        &mut picture,
        rectangle(0.0, 6.0, 64.0, 52.0),
        (255, 255, 255),
        scale,
    );
    fill(
        &mut picture,
        rectangle(3.0, 9.0, 58.0, 46.0),
        (red, green, blue),
        scale,
    );
    stroke(&mut picture, flap(), 6.0, scale);
    stroke(&mut picture, sign(state), 7.0, scale);
    picture
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let pixel = pixel.demultiply();
            [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
        })
        .collect()
}

fn colour(state: State) -> (u8, u8, u8) {
    match state {
        State::Collecting => (26, 127, 55),
        State::Polling => (5, 80, 174),
        State::Stopped => (87, 96, 106),
        State::NeedsHand => (191, 115, 0),
        State::Failing => (179, 38, 30),
    }
}

fn flap() -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(6.0, 14.0);
    path.line_to(32.0, 34.0);
    path.line_to(58.0, 14.0);
    path.finish()
}

/// A sign below the flap, so that colour is not all there is.
fn sign(state: State) -> Option<Path> {
    let mut path = PathBuilder::new();
    match state {
        State::Collecting => {
            path.move_to(22.0, 44.0);
            path.line_to(30.0, 51.0);
            path.line_to(44.0, 37.0);
        }
        State::Polling => {
            for x in [20.0, 32.0, 44.0] {
                path.move_to(x, 46.0);
                path.line_to(x + 0.5, 46.0);
            }
        }
        State::Stopped => {
            path.move_to(25.0, 40.0);
            path.line_to(25.0, 52.0);
            path.move_to(39.0, 40.0);
            path.line_to(39.0, 52.0);
        }
        State::NeedsHand => {
            path.move_to(32.0, 34.0);
            path.line_to(32.0, 44.0);
            path.move_to(32.0, 52.0);
            path.line_to(32.0, 52.5);
        }
        State::Failing => {
            path.move_to(24.0, 38.0);
            path.line_to(40.0, 52.0);
            path.move_to(40.0, 38.0);
            path.line_to(24.0, 52.0);
        }
    }
    path.finish()
}

fn rectangle(x: f32, y: f32, width: f32, height: f32) -> Option<Path> {
    Rect::from_xywh(x, y, width, height).map(PathBuilder::from_rect)
}

fn paint((red, green, blue): (u8, u8, u8)) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(Color::from_rgba8(red, green, blue, 255));
    paint.anti_alias = true;
    paint
}

fn fill(picture: &mut Pixmap, path: Option<Path>, colour: (u8, u8, u8), scale: Transform) {
    if let Some(path) = path {
        picture.fill_path(&path, &paint(colour), FillRule::Winding, scale, None);
    }
}

fn stroke(picture: &mut Pixmap, path: Option<Path>, width: f32, scale: Transform) {
    let stroke = Stroke {
        width,
        line_cap: LineCap::Round,
        line_join: LineJoin::Round,
        ..Stroke::default()
    };
    if let Some(path) = path {
        picture.stroke_path(&path, &paint((255, 255, 255)), &stroke, scale, None);
    }
}
