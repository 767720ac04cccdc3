//! One poster or card: what stands where. The portrait one is drawn as A4 and made smaller; the landscape one fills any size.

use karamail_core::words::lines::Shape;
use karamail_core::words::screens::kit as words;

use super::poster::{self, Content, Wording};
use super::svg::{self, Anchor, Fitted, Look};

/// A drawing without its `svg` element.
pub(crate) struct Panel {
    pub(crate) svg: String,
    /// Some text found no place.
    pub(crate) is_cut: bool,
}

/// A place for text: its left or middle, its top, and its room.
#[derive(Clone, Copy)]
struct Place {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// Width and height of A4, and the margin in it.
const A4: (f64, f64) = (2100.0, 2970.0);
const MARGIN: f64 = 140.0;
/// Smallest type on paper, tenths of a millimetre: about 5.5 points, as on the back of a ticket.
const SMALLEST: f64 = 19.5;
/// Largest type of the small print.
const SMALL_PRINT: f64 = 46.0;
/// Space around the text in the frame of the invitation.
const FRAME: f64 = 24.0;

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
        let fitted = svg::fit(text, place.width, place.height, sizes, Shape::Even);
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
                let sizes = (largest, sizes.1.min(largest));
                (
                    *wording,
                    svg::fit(text, place.width - indent, share, sizes, Shape::Even),
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
            let look = look(wording, index == 0, Anchor::Start);
            y = svg::lines(&mut self.svg, place.x + indent, y, look, fitted);
        }
        (y - place.y).max(radius * 2.0)
    }

    /// What to do when nothing comes, the purpose of use, and in a frame the invitation, which is what the customer consents
    /// to: all in one size. Returns the height it took.
    fn small_print(&mut self, content: &Content, place: Place, sizes: (f64, f64)) -> f64 {
        let Some(first) = content.wordings.first() else {
            return 0.0;
        };
        let look = look(first, false, Anchor::Start);
        let mut plain: Vec<&str> = Vec::new();
        plain.extend(content.wordings.iter().map(|wording| wording.note.as_str()));
        plain.extend(content.wordings.iter().map(|wording| wording.purpose.as_str()));
        plain.retain(|text| !text.is_empty());
        let plain = plain.join("\n");
        if content.invitation.is_empty() {
            let fitted = svg::fit(&plain, place.width, place.height, sizes, Shape::Full);
            self.is_cut |= fitted.is_cut;
            return svg::lines(&mut self.svg, place.x, place.y, look, &fitted) - place.y;
        }
        let (width, around) = (place.width - 2.0 * FRAME, 2.6 * FRAME);
        let mut size = sizes.0;
        let lines = |text: &str, width: f64, size: f64| {
            svg::fit(text, width, f64::INFINITY, (size, size), Shape::Full)
        };
        let needs = |size: f64| {
            lines(&plain, place.width, size).height()
                + lines(&content.invitation, width, size).height()
                + around
        };
        while size > sizes.1 && needs(size) > place.height {
            size = (size * 0.97).max(sizes.1);
        }
        let above = lines(&plain, place.width, size);
        let top = svg::lines(&mut self.svg, place.x, place.y, look, &above) + FRAME;
        let room = place.y + place.height - top - 1.6 * FRAME;
        let fitted = svg::fit(&content.invitation, width, room, (size, size), Shape::Full);
        self.is_cut |= fitted.is_cut;
        let bottom =
            svg::lines(&mut self.svg, place.x + FRAME, top + FRAME * 0.8, look, &fitted) + FRAME * 0.8;
        self.svg.push_str(&format!(
            "<rect x=\"{:.0}\" y=\"{top:.0}\" width=\"{:.0}\" height=\"{:.0}\" rx=\"10\" fill=\"none\" stroke=\"#000\" stroke-width=\"3\"/>",
            place.x,
            place.width,
            bottom - top
        ));
        bottom - place.y
    }

    /// 「見本」 across all of it, so that nobody puts up the demo's poster.
    fn sample(&mut self, content: &Content, width: f64, height: f64) {
        let Some(wording) = content.wordings.first().filter(|_| content.is_sample) else {
            return;
        };
        let text = words::sample(wording.language);
        let is_wide = text.is_ascii();
        let ems = svg::count(text.chars().count()) * if is_wide { 0.72 } else { 1.0 };
        let size = (width.hypot(height) * 0.62 / ems.max(2.4)).min(height * 0.8);
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

/// A poster of A4 (2100 × 2970), drawn to be made smaller by `scale`: the smallest type stays legible.
///
/// It is drawn twice: what the texts leave free goes to the code and between the blocks; where they lack room, all but the small
/// print gets smaller.
pub(crate) fn portrait(content: &Content, scale: f64) -> Panel {
    let usual = if content.wordings.len() > 1 { 820.0 } else { 920.0 };
    let mut tight = 1.0;
    let (mut panel, mut free) = portrait_with(content, scale, usual, tight, 0.0);
    while panel.is_cut && tight > 0.68 {
        tight -= 0.06;
        (panel, free) = portrait_with(content, scale, usual * tight, tight, 0.0);
    }
    free -= 6.0;
    if free <= 0.0 {
        return panel;
    }
    let grown = (free * 0.55).min(usual * 0.4);
    portrait_with(content, scale, usual * tight + grown, tight, (free - grown) / 4.1).0
}

/// The poster with a code of this side, headline and steps of this part of their size, and so much more space between the
/// blocks; and what stays free below.
fn portrait_with(content: &Content, scale: f64, side: f64, tight: f64, space: f64) -> (Panel, f64) {
    let mut panel = Panel::new();
    let Some(first) = content.wordings.first() else {
        return (panel, 0.0);
    };
    let is_both = content.wordings.len() > 1;
    let smallest = (SMALLEST / scale).max(26.0);
    let (middle, width) = (A4.0 / 2.0, A4.0 - 2.0 * MARGIN);
    let plain = look(first, false, Anchor::Middle);
    let at = |y: f64, height: f64| Place {
        x: middle,
        y,
        width,
        height,
    };
    let mut y = 110.0;
    y += panel.text(
        &content.shop,
        plain,
        at(y, 115.0 * tight),
        (82.0 * tight, smallest),
    ) + 15.0;
    for (index, wording) in content.wordings.iter().enumerate() {
        let (height, largest) = match (index, is_both) {
            (0, false) => (300.0, 185.0),
            (0, true) => (240.0, 175.0),
            _ => (120.0, 84.0),
        };
        let look = look(wording, true, Anchor::Middle);
        y += panel.text(
            &wording.headline,
            look,
            at(y, height * tight),
            (largest * tight, smallest),
        );
    }
    y += space * 0.35;
    panel.code(content, middle - side / 2.0, y, side);
    y += side + space * 0.3;
    let asks: Vec<String> = content
        .wordings
        .iter()
        .map(|wording| words::type_address(wording.language))
        .collect();
    y += panel.text(&asks.join(" / "), plain, at(y, 70.0), (44.0, smallest)) + 4.0;
    y += svg::address(&mut panel.svg, middle, y, width, 112.0, 60.0, &content.address);
    let legend = poster::legend(&content.address, first.language);
    y += panel.text(&legend, plain, at(y, 110.0), (smallest.max(36.0), smallest));
    y += 26.0 + space * 1.2;
    for (index, texts) in steps(content).iter().enumerate() {
        let height = if is_both { 190.0 } else { 135.0 } * tight;
        let place = Place {
            x: MARGIN,
            ..at(y, height)
        };
        y += panel.step(index + 1, texts, place, (90.0 * tight, smallest)) + 20.0 * tight + space * 0.45;
    }
    y += 14.0 + space * 0.9;
    let bottom = A4.1 - 100.0;
    let place = Place {
        x: MARGIN,
        ..at(y, bottom - y)
    };
    y += panel.small_print(content, place, (SMALL_PRINT.max(smallest), smallest));
    panel.sample(content, A4.0, A4.1);
    (panel, bottom - y)
}

/// A card of any size wider than high: the code on the left, headline and steps beside it, the address below.
/// `is_full`: with the small print.
pub(crate) fn landscape(content: &Content, width: f64, height: f64, is_full: bool) -> Panel {
    let mut panel = Panel::new();
    let Some(first) = content.wordings.first() else {
        return panel;
    };
    let margin = if is_full { 70.0 } else { 38.0 };
    let room = width - 2.0 * margin;
    let plain = look(first, false, Anchor::Middle);
    // From below: what is small is drawn first, to know its height.
    let mut below = Panel::new();
    let mut taken = svg::address(
        &mut below.svg,
        width / 2.0,
        0.0,
        room,
        height * 0.095,
        height * 0.05,
        &content.address,
    );
    if is_full {
        let legend = poster::legend(&content.address, first.language);
        let place = Place {
            x: width / 2.0,
            y: taken,
            width: room,
            height: 60.0,
        };
        taken += below.text(&legend, plain, place, (22.0, SMALLEST)) + 12.0;
        let place = Place {
            x: margin,
            y: taken,
            width: room,
            height: height * 0.27,
        };
        taken += below.small_print(content, place, (27.0, SMALLEST));
    }
    let foot = height - margin * 0.75 - taken;
    let top = margin * 0.75;
    let side = (foot - top - 8.0).min(room * 0.46);
    panel.code(
        content,
        margin - side * 0.07,
        top + (foot - top - side) / 2.0,
        side,
    );
    let x = margin + side * 0.93;
    let place = Place {
        x,
        y: top,
        width: width - margin - x,
        height: foot - top,
    };
    landscape_words(&mut panel, content, place);
    panel.is_cut |= below.is_cut;
    panel.svg.push_str(&format!(
        "<g transform=\"translate(0 {foot:.1})\">{}</g>",
        below.svg
    ));
    panel.sample(content, width, height);
    panel
}

/// Name, headline and steps, spread over the place.
fn landscape_words(panel: &mut Panel, content: &Content, place: Place) {
    let middle = place.x + place.width / 2.0;
    let mut y = place.y;
    let height = place.height;
    for wording in content.wordings.iter().take(1) {
        let look = look(wording, false, Anchor::Middle);
        let place = Place {
            x: middle,
            y,
            height: height * 0.12,
            ..place
        };
        y += panel.text(&content.shop, look, place, (height * 0.085, SMALLEST));
    }
    for (index, wording) in content.wordings.iter().enumerate() {
        let share = if index == 0 { 0.27 } else { 0.11 };
        let look = look(wording, true, Anchor::Middle);
        let place = Place {
            x: middle,
            y,
            height: height * share,
            ..place
        };
        y += panel.text(&wording.headline, look, place, (height * share * 0.68, SMALLEST));
    }
    let all = steps(content);
    y += height * 0.03;
    let share = (place.y + height - y) / svg::count(all.len().max(1));
    let largest = (share * 0.42).min(height * 0.105);
    let draw = |panel: &mut Panel, gap: f64| {
        let mut top = y;
        for (index, texts) in all.iter().enumerate() {
            let place = Place {
                y: top,
                height: share * 0.96,
                ..place
            };
            top += panel.step(index + 1, texts, place, (largest, SMALLEST)) + gap;
        }
        top
    };
    // Once to measure, once with the space between them.
    let free = place.y + height - draw(&mut Panel::new(), 0.0);
    draw(panel, free.max(0.0) / svg::count(all.len().max(1)));
}
