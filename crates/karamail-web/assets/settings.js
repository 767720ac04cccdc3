// What the settings screens do by themselves, told by attributes.
