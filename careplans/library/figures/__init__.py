"""Pictures as data: a figure described by joint angles, props and arrows, drawn as SVG by code.

``positions/<code>.yaml`` holds a picture, ``positions.py`` its shape, ``skeleton.py`` turns angles into points,
``body.py`` puts flesh on them, ``props.py`` what stands around, ``draw.py`` the sheet.
"""
