//! How the icon looks: an envelope in the colour of the state, and on its corner a badge with a shape and a sign of the state's own, the
//! shapes of the status page. Drawn for the size that is asked for: made smaller by the system it would be a blur.

use tiny_skia::{Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use crate::face::State;

/// The sizes that task bars ask for: 16 to 32 on Windows between 100 % and 200 %, 22, 24 and 48 on Linux, 64 beyond.
pub const SIZES: [u32; 7] = [16, 20, 22, 24, 32, 48, 64];

const WHITE: Colour = (255, 255, 255);

type Colour = (u8, u8, u8);

/// An icon of `size` × `size` pixels as RGBA, not premultiplied. `size` is 16 to 256.
pub fn draw(state: State, size: u32) -> Vec<u8> {
    let size = size.clamp(16, 256);
    let Some(mut picture) = Pixmap::new(size, size) else {
        return vec![0; (size * size * 4) as usize];
    };
    // Drawn on a field of 64 × 64, a pixel of the smallest icon being 4 of it.
    let mut canvas = Canvas {
        scale: Transform::from_scale(size as f32 / 64.0, size as f32 / 64.0),
        picture: &mut picture,
    };
    let colour = colour(state);
    // A light rim keeps the shape on a dark task bar, the dark body on a light one.
    canvas.fill(rounded(0.0, 4.0, 64.0, 48.0, 7.0), WHITE);
    canvas.fill(rounded(4.0, 8.0, 56.0, 40.0, 4.0), colour);
    canvas.stroke(lines(&[&[(7.0, 12.0), (32.0, 30.0), (57.0, 12.0)]]), 5.0, WHITE);
    canvas.stroke(badge(state), 8.0, WHITE);
    canvas.fill(badge(state), colour);
    canvas.stroke(sign(state), sign_width(state, size), WHITE);
    picture
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let pixel = pixel.demultiply();
            [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
        })
        .collect()
}

fn colour(state: State) -> Colour {
    match state {
        State::Collecting => (26, 127, 55),
        State::Polling => (9, 92, 200),
        State::Stopped => (87, 96, 106),
        State::NeedsHand => (186, 104, 0),
        State::Failing => (190, 32, 24),
    }
}

/// A shape of the state's own, so that colour is not all there is.
fn badge(state: State) -> Option<Path> {
    match state {
        State::Collecting | State::Polling => PathBuilder::from_circle(42.0, 42.0, 18.0),
        State::Stopped => rounded(24.0, 24.0, 36.0, 36.0, 3.0),
        State::NeedsHand => closed(&[(40.0, 19.0), (61.0, 60.0), (19.0, 60.0)]),
        State::Failing => closed(&[
            (34.0, 24.0),
            (50.0, 24.0),
            (60.0, 34.0),
            (60.0, 50.0),
            (50.0, 60.0),
            (34.0, 60.0),
            (24.0, 50.0),
            (24.0, 34.0),
        ]),
    }
}

/// A sign in the badge.
fn sign(state: State) -> Option<Path> {
    let dot = 0.5;
    match state {
        State::Collecting => lines(&[&[(34.0, 42.0), (40.0, 49.0), (51.0, 35.0)]]),
        State::Polling => lines(&[
            &[(32.0, 42.0), (32.0 + dot, 42.0)],
            &[(42.0, 42.0), (42.0 + dot, 42.0)],
            &[(52.0, 42.0), (52.0 + dot, 42.0)],
        ]),
        State::Stopped => lines(&[&[(36.0, 34.0), (36.0, 50.0)], &[(48.0, 34.0), (48.0, 50.0)]]),
        State::NeedsHand => lines(&[&[(40.0, 33.0), (40.0, 40.0)], &[(40.0, 53.0), (40.0, 53.0 + dot)]]),
        State::Failing => lines(&[&[(35.0, 35.0), (49.0, 49.0)], &[(49.0, 35.0), (35.0, 49.0)]]),
    }
}

/// Upright lines are two whole pixels wide where there are few, and so not a blur.
fn sign_width(state: State, size: u32) -> f32 {
    match state {
        State::Stopped | State::NeedsHand if size < 22 => 8.0,
        _ => 6.0,
    }
}

fn lines(all: &[&[(f32, f32)]]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for line in all {
        trace(&mut path, line);
    }
    path.finish()
}

fn closed(corners: &[(f32, f32)]) -> Option<Path> {
    let mut path = PathBuilder::new();
    trace(&mut path, corners);
    path.close();
    path.finish()
}

fn trace(path: &mut PathBuilder, line: &[(f32, f32)]) {
    for (place, (x, y)) in line.iter().enumerate() {
        match place {
            0 => path.move_to(*x, *y),
            _ => path.line_to(*x, *y),
        }
    }
}

fn rounded(x: f32, y: f32, width: f32, height: f32, radius: f32) -> Option<Path> {
    let (right, bottom) = (x + width, y + height);
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.quad_to(right, y, right, y + radius);
    path.line_to(right, bottom - radius);
    path.quad_to(right, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.quad_to(x, bottom, x, bottom - radius);
    path.line_to(x, y + radius);
    path.quad_to(x, y, x + radius, y);
    path.close();
    path.finish()
}

struct Canvas<'a> {
    picture: &'a mut Pixmap,
    scale: Transform,
}

impl Canvas<'_> {
    fn fill(&mut self, path: Option<Path>, colour: Colour) {
        if let Some(path) = path {
            let paint = paint(colour);
            self.picture
                .fill_path(&path, &paint, FillRule::Winding, self.scale, None);
        }
    }

    fn stroke(&mut self, path: Option<Path>, width: f32, colour: Colour) {
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        if let Some(path) = path {
            let paint = paint(colour);
            self.picture.stroke_path(&path, &paint, &stroke, self.scale, None);
        }
    }
}

fn paint((red, green, blue): Colour) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(Color::from_rgba8(red, green, blue, 255));
    paint.anti_alias = true;
    paint
}
