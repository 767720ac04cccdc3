//! One poster or card: what stands where. The portrait one is drawn as A4 and made smaller; the landscape one fills any size.

use karamail_core::words::screens::kit as words;

use super::poster::{self, Content, Wording};
use super::svg::{self, Anchor, Fitted, Look};

/// A drawing without its `svg` element.
pub(crate) struct Panel {
    pub(crate) svg: String,
    /// Some text found no place.
    pub(crate) is_cut: bool,
}

impl Panel {
    fn new() -> Panel {
        Panel {
            svg: String::new(),
            is_cut: false,
        }
    }

    /// Text in the place below `y`; returns the height it took.
    fn text(&mut self, text: &str, look: Look, place: Place, sizes: (f64, f64)) -> f64 {
        if text.is_empty() {
            return 0.0;
        }
        let fitted = svg::fit(text, place.width, place.height, sizes.0, sizes.1);
        self.is_cut |= fitted.is_cut;
        svg::lines(&mut self.svg, place.x, place.y, look, &fitted) - place.y
    }

    /// The code, its quiet zone included, in a square.
    fn code(&mut self, content: &Content, x: f64, y: f64, side: f64) {
        let module = side / svg::count(content.qr.side());
        self.svg.push_str(&format!(
            "<path transform=\"translate({x:.2} {y:.2}) scale({module:.5})\" shape-rendering=\"crispEdges\" d=\"{}\"/>",
            content.qr.path()
        ));
    }

    /// A step: its number in a disc, and its text in one language or two. Returns the height it took.
    fn step(&mut self, number: usize, texts: &[(&Wording, &str)], place: Place, sizes: (f64, f64)) -> f64 {
        let radius = sizes.0 * 0.62;
        let indent = radius * 2.0 + sizes.0 * 0.4;
        let share = place.height / svg::count(texts.len().max(1));
        let fitted: Vec<(&Wording, Fitted)> = texts
            .iter()
            .enumerate()
            .map(|(index, (wording, text))| {
                let largest = if index == 0 { sizes.0 } else { sizes.0 * 0.68 };
                (
                    *wording,
                    svg::fit(text, place.width - indent, share, largest, sizes.1),
                )
            })
            .collect();
        let height: f64 = fitted.iter().map(|(_, fitted)| fitted.height()).sum();
        let mut y = place.y + (radius * 2.0 - height).max(0.0) / 2.0;
        let centre = place.y + radius;
        self.svg.push_str(&format!(
            "<circle cx=\"{:.1}\" cy=\"{centre:.1}\" r=\"{radius:.1}\"/>",
            place.x + radius
        ));
        self.svg.push_str(&format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{:.1}\" font-weight=\"700\" text-anchor=\"middle\" fill=\"#fff\">{number}</text>",
            place.x + radius,
            centre + radius * 0.5,
            radius * 1.4
        ));
        for (index, (wording, fitted)) in fitted.iter().enumerate() {
            self.is_cut |= fitted.is_cut;
            y = svg::lines(
                &mut self.svg,
                place.x + indent,
                y,
                look(wording, index == 0, Anchor::Start),
                fitted,
            );
        }
        (y - place.y).max(radius * 2.0)
    }

    /// 「見本」 across all of it, so that nobody puts up the demo's poster.
    fn sample(&mut self, content: &Content, width: f64, height: f64) {
        let Some(wording) = content.wordings.first().filter(|_| content.is_sample) else {
            return;
        };
        let text = words::sample(wording.language);
        let letters = svg::count(text.chars().count().max(2));
        let size = (width.hypot(height) * 0.62 / letters.max(2.6)).min(height * 0.8);
        self.svg.push_str(&format!(
            "<text transform=\"translate({:.0} {:.0}) rotate(-35)\" y=\"{:.0}\" font-size=\"{size:.0}\" font-weight=\"700\" \
             text-anchor=\"middle\" fill=\"#c00\" fill-opacity=\"0.28\" stroke=\"#c00\" stroke-width=\"{:.1}\" \
             stroke-opacity=\"0.6\">{}</text>",
            width / 2.0,
            height / 2.0,
            size * 0.36,
            size * 0.012,
            svg::escape(&text)
        ));
    }
}

/// A place for text: its left or middle, its top, and its room.
#[derive(Clone, Copy)]
struct Place {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

fn look(wording: &Wording, is_bold: bool, anchor: Anchor) -> Look {
    Look {
        is_bold,
        anchor,
        language: wording.language.tag(),
    }
}

/// The steps, each with its texts; a step without any is left out.
fn steps(content: &Content) -> Vec<Vec<(&Wording, &str)>> {
    let step = |index: usize| -> Vec<(&Wording, &str)> {
        content
            .wordings
            .iter()
            .filter_map(|wording| {
                let text = wording.steps.get(index)?;
                (!text.is_empty()).then_some((wording, text.as_str()))
            })
            .collect()
    };
    (0..3).map(step).filter(|texts| !texts.is_empty()).collect()
}

/// The small print: what to do when nothing comes, the purpose of use, the invitation.
fn small_print(content: &Content) -> String {
    let mut all: Vec<&str> = Vec::new();
    all.extend(content.wordings.iter().map(|wording| wording.note.as_str()));
    all.extend(content.wordings.iter().map(|wording| wording.purpose.as_str()));
    all.retain(|text| !text.is_empty());
    all.join("\n")
}

/// A poster of A4 (2100 × 2970), drawn to be made smaller by `scale`: the smallest type stays legible.
pub(crate) fn portrait(content: &Content, scale: f64) -> Panel {
    let mut panel = Panel::new();
    let Some(first) = content.wordings.first() else {
        return panel;
    };
    let is_both = content.wordings.len() > 1;
    let smallest = (20.0 / scale).max(26.0);
    let (middle, left, width) = (1050.0, 150.0, 1800.0);
    let centred = look(first, true, Anchor::Middle);
    let mut y = 110.0;
    let shop = Place {
        x: middle,
        y,
        width,
        height: 115.0,
    };
    y += panel.text(
        &content.shop,
        Look {
            is_bold: false,
            ..centred
        },
        shop,
        (82.0, smallest),
    );
    y += 15.0;
    for (index, wording) in content.wordings.iter().enumerate() {
        let (height, largest) = match (index, is_both) {
            (0, false) => (300.0, 185.0),
            (0, true) => (240.0, 175.0),
            _ => (120.0, 84.0),
        };
        let place = Place {
            x: middle,
            y,
            width,
            height,
        };
        y += panel.text(
            &wording.headline,
            look(wording, true, Anchor::Middle),
            place,
            (largest, smallest),
        );
    }
    let side = if is_both { 840.0 } else { 960.0 };
    y += 10.0;
    panel.code(content, middle - side / 2.0, y, side);
    y += side - 15.0;
    let ask = |wording: &Wording| words::type_address(wording.language);
    let asks: Vec<String> = content.wordings.iter().map(ask).collect();
    let place = Place {
        x: middle,
        y,
        width,
        height: 70.0,
    };
    y += panel.text(
        &asks.join(" / "),
        Look {
            is_bold: false,
            ..centred
        },
        place,
        (44.0, smallest),
    ) + 6.0;
    y += svg::address(&mut panel.svg, middle, y, width, 112.0, 60.0, &content.address);
    let legend = poster::legend(&content.address, first.language);
    let place = Place {
        x: middle,
        y,
        width,
        height: 110.0,
    };
    y += panel.text(
        &legend,
        Look {
            is_bold: false,
            ..centred
        },
        place,
        (smallest.max(36.0), smallest),
    );
    y += 24.0;
    y = portrait_steps(&mut panel, content, left, y, smallest);
    let bottom = 2970.0 - 110.0;
    portrait_small_print(
        &mut panel,
        content,
        Place {
            x: left,
            y: y + 22.0,
            width,
            height: bottom - y - 22.0,
        },
        smallest,
    );
    panel.sample(content, 2100.0, 2970.0);
    panel
}

fn portrait_steps(panel: &mut Panel, content: &Content, left: f64, mut y: f64, smallest: f64) -> f64 {
    let is_both = content.wordings.len() > 1;
    for (index, texts) in steps(content).iter().enumerate() {
        let height = if is_both { 190.0 } else { 135.0 };
        let place = Place {
            x: left,
            y,
            width: 1800.0,
            height,
        };
        y += panel.step(index + 1, texts, place, (88.0, smallest)) + 20.0;
    }
    y
}

/// The invitation is what the customer consents to: it comes in a frame, and first.
fn portrait_small_print(panel: &mut Panel, content: &Content, place: Place, smallest: f64) {
    let Some(first) = content.wordings.first() else {
        return;
    };
    let plain = look(first, false, Anchor::Start);
    let small = small_print(content);
    let small_height = if content.invitation.is_empty() {
        place.height
    } else {
        place.height * 0.55
    };
    let taken = panel.text(
        &small,
        plain,
        Place {
            height: small_height,
            ..place
        },
        (46.0, smallest),
    );
    if content.invitation.is_empty() {
        return;
    }
    let frame = Place {
        y: place.y + taken + 26.0,
        height: place.height - taken - 26.0,
        ..place
    };
    let inner = Place {
        x: frame.x + 28.0,
        y: frame.y + 14.0,
        width: frame.width - 56.0,
        height: frame.height - 32.0,
    };
    let height = panel.text(&content.invitation, plain, inner, (46.0, smallest));
    panel.svg.push_str(&format!(
        "<rect x=\"{:.0}\" y=\"{:.0}\" width=\"{:.0}\" height=\"{:.0}\" rx=\"14\" fill=\"none\" stroke=\"#000\" stroke-width=\"4\"/>",
        frame.x,
        frame.y,
        frame.width,
        height + 32.0
    ));
}

/// A card of any size wider than high. `is_full`: with the small print.
pub(crate) fn landscape(content: &Content, width: f64, height: f64, is_full: bool) -> Panel {
    let mut panel = Panel::new();
    let Some(first) = content.wordings.first() else {
        return panel;
    };
    let is_both = content.wordings.len() > 1;
    let smallest = 19.0;
    let margin = if is_full { 70.0 } else { 36.0 };
    let room = width - 2.0 * margin;
    let middle = width / 2.0;
    let centred = look(first, true, Anchor::Middle);
    let mut y = margin * 0.8;
    let place = Place {
        x: middle,
        y,
        width: room,
        height: height * 0.07,
    };
    y += panel.text(
        &content.shop,
        Look {
            is_bold: false,
            ..centred
        },
        place,
        (height * 0.05, smallest),
    );
    for (index, wording) in content.wordings.iter().enumerate() {
        let largest = if index == 0 { height * 0.11 } else { height * 0.052 };
        let place = Place {
            x: middle,
            y,
            width: room,
            height: largest * 1.4,
        };
        y += panel.text(
            &wording.headline,
            look(wording, true, Anchor::Middle),
            place,
            (largest, smallest),
        );
    }
    // From below: the small print, the address; the code and the steps have the rest.
    let small_room = if is_full {
        height * if is_both { 0.19 } else { 0.15 }
    } else {
        0.0
    };
    let address_room = height * 0.13;
    let side = (height - margin * 0.8 - small_room - address_room - y).min(room * 0.45);
    panel.code(content, margin - side * 0.06, y, side);
    let x = margin + side * 0.92;
    let all = steps(content);
    let share = side * 0.9 / svg::count(all.len().max(1));
    for (index, texts) in all.iter().enumerate() {
        let top = y + side * 0.06 + share * svg::count(index);
        let place = Place {
            x,
            y: top,
            width: width - margin - x,
            height: share * 0.94,
        };
        let largest = (height * if is_both { 0.052 } else { 0.062 }).min(share * 0.4);
        panel.step(index + 1, texts, place, (largest, smallest));
    }
    y += side;
    let largest = height * if is_full { 0.085 } else { 0.1 };
    y += svg::address(
        &mut panel.svg,
        middle,
        y,
        room,
        largest,
        height * 0.05,
        &content.address,
    );
    if is_full {
        let legend = poster::legend(&content.address, first.language);
        let place = Place {
            x: middle,
            y,
            width: room,
            height: 34.0,
        };
        y += panel.text(
            &legend,
            Look {
                is_bold: false,
                ..centred
            },
            place,
            (22.0, smallest),
        ) + 8.0;
        let mut small = small_print(content);
        if !content.invitation.is_empty() {
            small = format!("{small}\n{}", content.invitation);
        }
        let rest = height - margin * 0.6 - y;
        let place = Place {
            x: margin,
            y,
            width: room,
            height: rest,
        };
        panel.text(&small, look(first, false, Anchor::Start), place, (28.0, smallest));
    }
    panel.sample(content, width, height);
    panel
}
