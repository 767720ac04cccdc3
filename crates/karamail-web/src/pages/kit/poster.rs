//! Sheets of paper as SVG, in tenths of a millimetre: the poster, and cards laid out on a sheet. What is shown, printed and
//! saved is the same drawing.

use std::fmt;

use askama::filters::HtmlSafe;
use karamail_core::words::Language;
use karamail_core::words::screens::kit as words;

use super::panel::{self, Panel};
use super::qr::Qr;
use super::svg;
use super::wish::Format;

/// What stands on the paper in one language.
#[derive(Clone, Debug)]
pub(crate) struct Wording {
    pub(crate) language: Language,
    pub(crate) headline: String,
    pub(crate) steps: [String; 3],
    pub(crate) note: String,
    pub(crate) purpose: String,
}

/// What stands on the paper.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) qr: Qr,
    pub(crate) address: String,
    pub(crate) shop: String,
    /// The invitation to advertising mail, as the settings have it.
    pub(crate) invitation: String,
    /// In one language or two, the larger first.
    pub(crate) wordings: Vec<Wording>,
    /// This is the demo's.
    pub(crate) is_sample: bool,
}

/// A finished sheet.
pub(crate) struct Sheet {
    pub(crate) svg: Drawing,
    /// Some text found no place.
    pub(crate) is_cut: bool,
}

/// A whole `svg` element. Only [`draw`] makes one, and whatever text stands in it was escaped there: so a template takes it as
/// it is.
pub(crate) struct Drawing(String);

impl fmt::Display for Drawing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl HtmlSafe for Drawing {}

impl Drawing {
    /// The same as a file of its own.
    pub(crate) fn file(&self) -> String {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{self}\n")
    }
}

/// Width and height of A4.
const A4: (f64, f64) = (2100.0, 2970.0);
/// Width and height of A5.
const A5: (f64, f64) = (1480.0, 2100.0);
/// Width and height of a Japanese business card, and where the first one begins on ready-cut A4 paper.
const CARD: (f64, f64) = (910.0, 550.0);
const FIRST_CARD: (f64, f64) = (140.0, 110.0);
const CARD_COLUMNS: usize = 2;
const CARD_ROWS: usize = 5;

/// Draws a sheet.
pub(crate) fn draw(content: &Content, format: Format, label: &str) -> Sheet {
    let (width, height) = if format.paper() == "a5" { A5 } else { A4 };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {width} {height}\" \
         width=\"{}mm\" height=\"{}mm\" font-family=\"{}\" fill=\"#000\">\
         <path fill=\"#fff\" d=\"M0 0h{width}v{height}h-{width}z\"/>",
        svg::escape(label),
        width / 10.0,
        height / 10.0,
        svg::SANS,
    );
    let is_cut = match format {
        Format::A4 => one(&mut svg, content, 1.0),
        Format::A5 => one(&mut svg, content, width / A4.0),
        Format::Tent => tent(&mut svg, content),
        Format::Table => table(&mut svg, content),
        Format::Cards => cards(&mut svg, content),
    };
    svg.push_str("</svg>");
    Sheet {
        svg: Drawing(svg),
        is_cut,
    }
}

fn one(svg: &mut String, content: &Content, scale: f64) -> bool {
    let panel = panel::portrait(content, scale);
    place(svg, &panel, &format!("scale({scale:.4})"));
    panel.is_cut
}

/// Two landscape A6 panels, the upper one upside down: folded in the middle, each stands upright on its side.
fn tent(svg: &mut String, content: &Content) -> bool {
    let (width, height) = (A5.0, A5.1 / 2.0);
    let panel = panel::landscape(content, width, height, true);
    place(svg, &panel, &format!("rotate(180) translate(-{width} -{height})"));
    place(svg, &panel, &format!("translate(0 {height})"));
    dashes(svg, &format!("M0 {height}h{width}"));
    panel.is_cut
}

fn table(svg: &mut String, content: &Content) -> bool {
    let panel = panel::portrait(content, 0.5);
    let (width, height) = (A4.0 / 2.0, A4.1 / 2.0);
    for (x, y) in [(0.0, 0.0), (width, 0.0), (0.0, height), (width, height)] {
        place(svg, &panel, &format!("translate({x} {y}) scale(0.5)"));
    }
    dashes(svg, &format!("M0 {height}h{}M{width} 0v{}", A4.0, A4.1));
    panel.is_cut
}

fn cards(svg: &mut String, content: &Content) -> bool {
    let panel = panel::landscape(content, CARD.0, CARD.1, false);
    let mut edges = String::new();
    for row in 0..CARD_ROWS {
        for column in 0..CARD_COLUMNS {
            let x = FIRST_CARD.0 + CARD.0 * svg::count(column);
            let y = FIRST_CARD.1 + CARD.1 * svg::count(row);
            place(svg, &panel, &format!("translate({x} {y})"));
        }
    }
    // Marks outside the cards alone: on ready-cut paper nothing is printed on an edge.
    for row in 0..=CARD_ROWS {
        let y = FIRST_CARD.1 + CARD.1 * svg::count(row);
        edges.push_str(&format!("M60 {y}h60M{} {y}h60", A4.0 - 120.0));
    }
    for column in 0..=CARD_COLUMNS {
        let x = FIRST_CARD.0 + CARD.0 * svg::count(column);
        edges.push_str(&format!("M{x} 40v50M{x} {}v50", A4.1 - 90.0));
    }
    svg.push_str(&format!(
        "<path d=\"{edges}\" fill=\"none\" stroke=\"#777\" stroke-width=\"2\"/>"
    ));
    panel.is_cut
}

fn place(svg: &mut String, panel: &Panel, transform: &str) {
    svg.push_str(&format!("<g transform=\"{transform}\">{}</g>", panel.svg));
}

fn dashes(svg: &mut String, path: &str) {
    svg.push_str(&format!(
        "<path d=\"{path}\" fill=\"none\" stroke=\"#777\" stroke-width=\"3\" stroke-dasharray=\"24 18\"/>"
    ));
}

/// The characters of an address that are easily misread, by their names.
pub(crate) fn legend(address: &str, language: Language) -> String {
    type Word = fn(Language) -> String;
    let names: [(char, Word); 7] = [
        ('0', words::zero),
        ('O', words::capital_o),
        ('1', words::one),
        ('l', words::small_l),
        ('I', words::capital_i),
        ('-', words::hyphen),
        ('_', words::underscore),
    ];
    let found: Vec<String> = names
        .into_iter()
        .filter(|(character, _)| address.contains(*character))
        .map(|(_, name)| name(language))
        .collect();
    found.join(&words::between(language))
}
