"""A small real application: fills an X display and writes every event it gets as a line of JSON. Run by an interpreter with Tk.

F12 ends it. Arguments: width, height.
"""

import json
import sys
import tkinter


def main() -> None:
    root = tkinter.Tk()
    root.overrideredirect(True)
    root.geometry(f"{sys.argv[1]}x{sys.argv[2]}+0+0")

    def tell(*event: object) -> None:
        print(json.dumps(event), flush=True)

    def key(event: "tkinter.Event[tkinter.Misc]") -> None:
        if event.keysym == "F12":
            tell("end")
            root.destroy()
        else:
            tell("key_down", event.keysym, event.char)

    def pressed(clicks: int):  # type: ignore[no-untyped-def]
        return lambda event: tell("down", event.num, clicks)

    for prefix, clicks in (("", 1), ("Double-", 2), ("Triple-", 3)):
        root.bind(f"<{prefix}ButtonPress>", pressed(clicks))
    root.bind("<ButtonRelease>", lambda event: tell("up", event.num))
    root.bind("<Motion>", lambda event: tell("move", event.x_root, event.y_root))
    root.bind("<KeyPress>", key)
    root.bind("<KeyRelease>", lambda event: tell("key_up", event.keysym))
    root.update()
    root.focus_force()
    root.update()
    tell("ready", root.winfo_pointerx(), root.winfo_pointery())
    root.mainloop()


main()
